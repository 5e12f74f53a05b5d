/// Every kind of target there is.
package let probeKinds: [any ProbeSubject.Type] = serviceKinds + awsKinds.map(\.type)

/// Kinds that are tried out over the network. A new one is added here, in the environment's shape and in its reader.
private let serviceKinds: [any ProbeSubject.Type] = [
    PostgresSubject.self,
    PgBouncerSubject.self,
    RedisSubject.self,
    SentinelSubject.self,
    RedisClusterSubject.self,
    BucketSubject.self,
    HTTPSubject.self,
    TLSSubject.self,
    TCPSubject.self,
    DNSSubject.self,
    SSESubject.self,
    DrillSubject.self,
    StackBindingSubject.self,
]
