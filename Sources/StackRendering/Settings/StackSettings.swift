/// Everything that the stacks of one environment are rendered from. It holds no secret: only names and sizes.
package struct StackSettings: Sendable, Equatable {
    package enum NAT: String, Sendable, CaseIterable {
        case none, single
        case perZone = "per_az"
    }

    package enum DataClass: String, Sendable, CaseIterable { case `public`, `internal`, confidential, restricted }

    package var environment: String
    package var product: String
    package var accountID: String
    package var region: String
    package var replicaRegion: String?
    package var availabilityZones: [String]
    package var cidr: String
    package var nat: NAT
    package var appPort: Int
    package var owner: String
    package var costCentre: String
    package var dataClass: DataClass
    package var stateBucket: String
    package var postgres: Postgres
    package var redis: Redis
    package var storage: Storage
    /// Who may plan and apply from outside; nil makes no role for a pipeline.
    package var pipeline: Pipeline?
    /// nil renders neither the layer app nor observability.
    package var service: Service?
    package var secrets: [StackSecret] = []
    /// nil renders no CDN.
    package var edge: Edge?
    package var objectives = Objectives()
    package var alertEmails: [String] = []

    package init(
        environment: String, identity: Identity, place: Place, postgres: Postgres, redis: Redis, storage: Storage
    ) {
        self.environment = environment
        (product, owner, costCentre) = (identity.product, identity.owner, identity.costCentre)
        dataClass = identity.dataClass
        (accountID, region, replicaRegion) = (place.accountID, place.region, place.replicaRegion)
        (availabilityZones, cidr, nat) = (place.availabilityZones, place.cidr, place.nat)
        (appPort, stateBucket) = (place.appPort, place.stateBucket)
        (self.postgres, self.redis, self.storage) = (postgres, redis, storage)
    }

    /// `<product>-<environment>`, the prefix of every name.
    package var name: String { "\(product)-\(environment)" }

    package var layers: [StackLayer] {
        StackLayer.allCases.filter { layer in
            switch layer {
            case .bootstrap, .identity, .network, .storage, .data: true
            case .edge: edge != nil
            case .supply, .app, .observability: service != nil
            }
        }
    }

    /// Where in the state bucket a layer's state lies. All environments of an account share the bucket, so also the state of
    /// what made it.
    package func stateKey(of layer: StackLayer) -> String {
        layer == .bootstrap ? "bootstrap/terraform.tfstate" : "\(environment)/\(layer.rawValue)/terraform.tfstate"
    }

    /// Aliases of the layer's providers; nil is the one without.
    func providerAliases(of layer: StackLayer) -> [String?] {
        switch layer {
        case .storage: replicaRegion == nil ? [nil] : [nil, "replica"]
        case .edge: [nil, "global"]
        case .bootstrap, .identity, .network, .supply, .data, .app, .observability: [nil]
        }
    }

    /// CloudFront and what belongs to it is only had in us-east-1.
    func region(of alias: String?) -> String {
        switch alias {
        case "replica": replicaRegion ?? region
        case "global": "us-east-1"
        default: region
        }
    }

    package var graph: StackGraph { StackGraph(layers) }
}

extension StackSettings {
    /// Whose it is.
    package struct Identity: Sendable {
        package var product: String
        package var owner: String
        package var costCentre: String
        package var dataClass: DataClass

        package init(product: String, owner: String, costCentre: String, dataClass: DataClass) {
            (self.product, self.owner, self.costCentre, self.dataClass) = (product, owner, costCentre, dataClass)
        }
    }

    /// Where it is.
    package struct Place: Sendable {
        package var accountID: String
        package var region: String
        package var replicaRegion: String?
        package var availabilityZones: [String]
        package var cidr: String
        package var nat: NAT = .single
        package var appPort = 8080
        package var stateBucket: String

        package init(
            accountID: String, region: String, availabilityZones: [String], cidr: String, stateBucket: String
        ) {
            (self.accountID, self.region, self.availabilityZones) = (accountID, region, availabilityZones)
            (self.cidr, self.stateBucket) = (cidr, stateBucket)
        }
    }

    package struct Postgres: Sendable, Equatable {
        package var version = "16"
        package var instanceClass = "db.t4g.medium"
        package var storageGB = 20
        /// nil is four times `storageGB`.
        package var storageLimitGB: Int?
        package var isMultiZone = false
        package var backupDays = 7
        package var replicas = 0
        package var isProtected = true

        package init() {}

        package var storageLimit: Int { storageLimitGB ?? min(storageGB * 4, 65536) }
    }

    package struct Redis: Sendable, Equatable {
        package var version = "7.1"
        package var nodeType = "cache.t4g.small"
        package var nodes = 1
        package var maxmemoryPolicy = "noeviction"
        package var snapshotDays = 7

        package init() {}
    }

    package struct Storage: Sendable, Equatable {
        package struct Expiration: Sendable, Equatable {
            package let prefix: String
            package let days: Int

            package init(prefix: String, days: Int) { (self.prefix, self.days) = (prefix, days) }
        }

        package var retentionDays = 0
        package var noncurrentDays = 30
        package var abortMultipartDays = 3
        package var expirations: [Expiration] = []
        package var corsOrigins: [String] = []
        package var accessLogDays = 90

        package init() {}
    }
}
