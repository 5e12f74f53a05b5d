/// Every kind of target there is. A new kind is added here, in the environment's shape and in its reader.
package let probeKinds: [any ProbeSubject.Type] = [
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
] + awsKinds.map(\.type)
