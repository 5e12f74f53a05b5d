extension RadosGateway {
    /// Four choices carry it: `tcp_nodelay`, without which every answer with a body takes 40 ms on a connection that is kept;
    /// `crc` modes, without which the gateway hangs when authentication inside the cluster is off; `paxos_propose_interval`,
    /// which makes the first start take 1 s instead of 12; and no fast shutdown of the store, which would leave its objects
    /// unwritten.
    var configuration: String {
        """
        [global]
        fsid = \(record.clusterID)
        mon_initial_members = a
        mon_host = [v2:127.0.0.1:\(record.monitorPort)/0]
        public_addr = 127.0.0.1
        cluster_addr = 127.0.0.1
        ms_bind_ipv4 = true
        ms_bind_msgr1 = false
        ms_bind_port_min = \(record.firstStorePort)
        ms_bind_port_max = \(record.firstStorePort + Self.storePorts - 1)
        auth_cluster_required = none
        auth_service_required = none
        auth_client_required = none
        auth_allow_insecure_global_id_reclaim = false
        ms_mon_client_mode = crc
        ms_client_mode = crc
        ms_cluster_mode = crc
        ms_service_mode = crc
        paxos_propose_interval = 0.01
        paxos_min_wait = 0.005
        mon_tick_interval = 1
        mon_client_hunt_interval = 0.5
        objecter_tick_interval = 0.2
        mon_data = \(folder)/monitor
        mon_allow_pool_size_one = true
        mon_warn_on_pool_no_redundancy = false
        mon_max_pg_per_osd = 1000
        mon_data_avail_crit = 1
        mon_data_avail_warn = 1
        osd_data = \(folder)/store
        osd_objectstore = memstore
        memstore_device_bytes = 4294967296
        osd_fast_shutdown = false
        osd_max_object_name_len = 460
        osd_op_num_shards = 1
        osd_op_num_threads_per_shard = 2
        osd_crush_chooseleaf_type = 0
        osd_pool_default_size = 1
        osd_pool_default_min_size = 1
        osd_pool_default_pg_num = 1
        osd_pool_default_pgp_num = 1
        osd_pool_default_pg_autoscale_mode = off
        rgw_data = \(folder)/gateway
        rgw_frontends = beast endpoint=127.0.0.1:\(record.gatewayPort) tcp_nodelay=1
        rgw_gc_max_objs = 4
        rgw_thread_pool_size = 32
        rgw_enable_usage_log = false
        rgw_s3_auth_use_sts = false
        rgw_init_timeout = 120
        admin_socket = \(runFolder)/$name.asok
        pid_file = \(runFolder)/$name.pid
        run_dir = \(runFolder)
        crash_dir = \(runFolder)
        log_file = \(runFolder)/$name.log

        """
    }
}
