extension StackSettings {
    /// The pipeline whose runs may take the roles plan, apply and deploy.
    package struct Pipeline: Sendable, Equatable {
        /// `owner/name` on GitHub.
        package var repository: String
        package var branch = "main"
        /// Whether this environment makes the account's OIDC provider; an account has one for all of its environments.
        package var ownsProvider = true

        package init(repository: String) { self.repository = repository }
    }

    /// The application behind its load balancer.
    package struct Service: Sendable, Equatable {
        package var domain: String
        package var zoneID: String
        /// `sha256:` and 64 hex digits.
        package var imageDigest: String
        package var healthPath = "/healthz"
        /// In units of 1/1024 of a processor, as Fargate counts.
        package var cpu = 512
        package var memoryMB = 1024
        package var tasks = 1
        package var tasksLimit = 4
        /// Requests of one address in five minutes.
        package var rateLimit = 2000
        package var logDays = 90
        /// Variables of the container; `${stack:output.member}` is filled in by Terraform.
        package var environment: [String: String] = [:]

        package init(domain: String, zoneID: String, imageDigest: String) {
            (self.domain, self.zoneID, self.imageDigest) = (domain, zoneID, imageDigest)
        }
    }

    /// The CDN in front of the files; it serves signed URLs only.
    package struct Edge: Sendable, Equatable {
        package struct SigningKey: Sendable, Equatable {
            package let name: String
            /// PEM; the private half is a secret of the application.
            package let publicKey: String

            package init(name: String, publicKey: String) { (self.name, self.publicKey) = (name, publicKey) }
        }

        package var domain: String
        package var zoneID: String
        package var signingKeys: [SigningKey]
        package var rateLimit = 2000
        package var ttlSeconds = 3600
        package var priceClass = "PriceClass_100"

        package init(domain: String, zoneID: String, signingKeys: [SigningKey]) {
            (self.domain, self.zoneID, self.signingKeys) = (domain, zoneID, signingKeys)
        }
    }

    /// What alarms watch over.
    package struct Objectives: Sendable, Equatable {
        package var latencyP99Milliseconds = 1000
        /// Share of requests that may fail, in percent: the error budget of the burn-rate alarms.
        package var errorRatePercent = 1.0

        package init() {}
    }
}

/// A secret of the application: its name in the store and the variable that the container gets it in. Never its value.
package struct StackSecret: Sendable, Equatable {
    package enum Source: String, Sendable, CaseIterable {
        /// Made at random when the store is made; no file and no state ever holds it.
        case generated
        /// An operator puts it into the store.
        case supplied
    }

    package let name: String
    package let variable: String
    package let source: Source

    package init(name: String, variable: String, source: Source) {
        (self.name, self.variable, self.source) = (name, variable, source)
    }
}
