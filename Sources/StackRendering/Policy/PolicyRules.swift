/// Every rule there is, in the order in which reports name them.
package let policyRules: [PolicyRule] =
    postgresRules + redisRules + bucketRules + accessRules + [strangerRule] + networkRules + serviceRules + keepingRules
    + placeRules
