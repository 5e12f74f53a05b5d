extension ObjectShape.Field {
    /// What moves traffic elsewhere than on this machine.
    static let backendRouters: [Self] = [
        .optional("elbv2", .object(.elbv2), "weighted target groups of an AWS load balancer"),
        .optional("kubernetes", .object(.kubernetesRouter), "an HTTPRoute of the Gateway API"),
    ]

    /// What runs releases elsewhere than on this machine.
    static let backendRunners: [Self] = [
        .optional("ecs", .object(.ecs), "task sets of an ECS service with the external controller"),
        .optional("kubernetes", .object(.kubernetesRunner), "Deployments of a Kubernetes cluster"),
    ]
}

extension [ObjectShape.Field] {
    fileprivate static let frontend: Self = [
        .required("url", .string, "URL of the frontend, as clients reach it"),
        .required("preview_token", .secret, "token that selects a slot's preview"),
    ]

    fileprivate static let account: Self = [
        .required("region", .string, "region of AWS"),
        .optional("account_id", .string, "the account it must be, twelve digits; default any"),
    ]

    fileprivate static let targetGroups: Self = [
        .required("blue_target_group", .string, "ARN of blue's target group"),
        .required("green_target_group", .string, "ARN of green's target group"),
    ]

    fileprivate static let cluster: Self = [
        .optional("kubeconfig", .path, "kubeconfig file; without one, the service account of the pod this runs in"),
        .optional("context", .string, "context of the kubeconfig; default its current one"),
        .optional("namespace", .string, "default: that of the context or of the service account"),
    ]
}

extension ObjectShape {
    static let elbv2 = ObjectShape(
        .frontend + .account + .targetGroups + [
            .optional("rule", .string, "ARN of the listener rule that forwards to both"),
            .optional("listener", .string, "ARN of a listener whose default action does"),
        ], exactlyOne: ["rule", "listener"])

    static let kubernetesRouter = ObjectShape(
        .frontend + .cluster + [
            .required("route", .string, "name of the HTTPRoute"),
            .optional("rule", .string, "name of its rule; needed when it has several"),
            .required("blue_service", .string, "Service of slot blue"),
            .required("green_service", .string, "Service of slot green"),
            .optional("settle", .duration, "longest wait for the Gateways to take a written route; default 30s"),
        ])

    static let ecs = ObjectShape(
        .account + .targetGroups + [
            .required("cluster", .string, "name or ARN of the cluster"),
            .required("service", .string, "name of the service; its deployment controller must be EXTERNAL"),
            .required("task_definition", .string, "family or ARN that releases are made from"),
            .required("container", .string, "the container in it that is the release"),
            .required("port", .integer(1...65535), "port the container listens on"),
            .optional("launch_type", .choice(["FARGATE", "EC2"]), "default FARGATE"),
            .optional("subnets", .list(.string), "subnets of the tasks; needed with network mode awsvpc"),
            .optional("security_groups", .list(.string), "security groups of the tasks"),
            .optional("secret_prefix", .string, "beginning of the secrets' names in Secrets Manager; default opsctl"),
            .optional("start_deadline", .duration, "longest wait for a steady state, and of a migration; default 10m"),
        ])

    static let kubernetesRunner = ObjectShape(
        .cluster + [
            .optional("name", .string, "the Deployments are NAME-blue and NAME-green; default: the service's name"),
            .required("port", .integer(1...65535), "port the container listens on"),
            .optional("replicas", .integer(1...1000), "pods of a slot; default 1"),
            .optional("cpu", .string, "limit and request of a pod, as Kubernetes writes it; default 1"),
            .optional("memory", .string, "limit and request of a pod; default 512Mi"),
            .optional("scratch", .string, "size of /tmp, all that can be written; default 64Mi"),
            .optional("service_account", .string, "service account of the pods; its token is not mounted"),
            .optional("start_deadline", .duration, "longest time of a migration or without progress; default 10m"),
        ])
}
