import Cryptography
import OpsModel

extension RedisSentinel {
    func configuration(of member: Member) -> String {
        Member.sentinels.contains(member) ? sentinelConfiguration(member) : dataConfiguration(member)
    }

    /// The title stays as it is: by its command line the process is found again.
    private func common(_ member: Member) -> String {
        """
        port 0
        tls-port \(port(of: member))
        bind 127.0.0.1
        protected-mode yes
        tls-cert-file \(folder)/tls/server.crt
        tls-key-file \(folder)/tls/server.key
        tls-ca-cert-file \(folder)/tls/ca.crt
        tls-auth-clients no
        tls-replication yes
        tls-protocols "TLSv1.2 TLSv1.3"
        daemonize no
        set-proc-title no
        dir \(folder)/\(member.rawValue)
        """
    }

    private func dataConfiguration(_ member: Member) -> String {
        func user(_ name: String, _ rules: String) -> String {
            "user \(name) on #\(hex(sha256(password(name).reveal().utf8))) \(rules)"
        }
        let probe =
            "~opsctl:* resetchannels -@all +ping +hello +info +role +select +set +get +del +acl|whoami +acl|getuser"
        let watch =
            "allchannels +multi +slaveof +ping +exec +subscribe +config|rewrite +role +publish +info +client|setname "
            + "+client|kill +script|kill"
        return """
            \(common(member))
            save ""
            appendonly yes
            maxmemory 64mb
            maxmemory-policy noeviction
            user default off
            \(user("app", "~app:* &app:* +@all -@dangerous -@admin +info"))
            \(user("ops", "~* &* +@all"))
            \(user("probe", probe))
            \(user("replication", "+psync +replconf +ping"))
            \(user("watch", watch))
            masteruser replication
            masterauth \(password("replication").reveal())
            replica-read-only yes
            repl-diskless-sync-delay 0
            \(member == .first ? "" : "replicaof 127.0.0.1 \(port(of: .first))")

            """
    }

    private func sentinelConfiguration(_ member: Member) -> String {
        let name = Self.masterName
        return """
            \(common(member))
            user default on >\(password("sentinel").reveal()) ~* &* +@all
            sentinel sentinel-pass \(password("sentinel").reveal())
            sentinel monitor \(name) 127.0.0.1 \(port(of: .first)) 2
            sentinel auth-user \(name) watch
            sentinel auth-pass \(name) \(password("watch").reveal())
            sentinel down-after-milliseconds \(name) \(options.downAfter.milliseconds)
            sentinel failover-timeout \(name) 5000
            sentinel parallel-syncs \(name) 1

            """
    }
}
