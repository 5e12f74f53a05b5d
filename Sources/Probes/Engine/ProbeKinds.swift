/// Every kind of target there is. A new kind is added here, in the environment's shape and in its reader.
package let probeKinds: [any ProbeSubject.Type] = [
    PostgresSubject.self, RedisSubject.self, BucketSubject.self, HTTPSubject.self,
    TLSSubject.self,
    TCPSubject.self,
    DNSSubject.self,
    SSESubject.self,
]
