package import AWSClient

/// A kind of AWS resource by its name: what a file of targets may say of one, and how to make the target's subject.
package struct AWSKindEntry: Sendable {
    package let kind: String
    package let locators: [String]
    package let settings: [AWSSetting]
    package let subject: @Sendable (AWSExpectation, AWSAccess) -> any ProbeSubject
    let type: any ProbeSubject.Type

    fileprivate init<Kind: AWSKind>(_ kind: Kind.Type) {
        (self.kind, locators, settings) = (Kind.kind, Kind.locators, Kind.settings)
        subject = { AWSSubject<Kind>($0, access: $1) }
        type = AWSSubject<Kind>.self
    }
}

/// Every kind of AWS resource that can be asked about.
package let awsKinds: [AWSKindEntry] = [
    AWSKindEntry(Account.self),
    AWSKindEntry(VPC.self),
    AWSKindEntry(SecurityGroup.self),
    AWSKindEntry(KMSKey.self),
    AWSKindEntry(RDSInstance.self),
    AWSKindEntry(ReplicationGroup.self),
    AWSKindEntry(S3BucketKind.self),
    AWSKindEntry(IAMRole.self),
    AWSKindEntry(OIDCProvider.self),
    AWSKindEntry(ECRRepository.self),
    AWSKindEntry(StoredSecret.self),
    AWSKindEntry(LoadBalancer.self),
    AWSKindEntry(Listener.self),
    AWSKindEntry(ECSService.self),
    AWSKindEntry(LogGroup.self),
    AWSKindEntry(Alarm.self),
    AWSKindEntry(SNSTopic.self),
    AWSKindEntry(Distribution.self),
    AWSKindEntry(WebACL.self),
]
