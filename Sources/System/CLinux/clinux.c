#define _GNU_SOURCE
#include "clinux.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/tcp.h>
#include <stddef.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

int clinux_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }
int clinux_eventfd_fire(int fd) { return eventfd_write(fd, 1); }
int clinux_die_with_parent(int signal) { return prctl(PR_SET_PDEATHSIG, signal); }
int clinux_no_new_privileges(void) { return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); }

int clinux_pidfd_open(int pid) { return pidfd_open(pid, 0); }
int clinux_pidfd_send_signal(int fd, int signal) { return pidfd_send_signal(fd, signal, 0, 0); }

static int limit(int resource, unsigned long long value) {
    struct rlimit r = {value, value};
    return setrlimit(resource, &r);
}
int clinux_limit_address_space(unsigned long long bytes) { return limit(RLIMIT_AS, bytes); }
int clinux_limit_cpu(unsigned long long seconds) { return limit(RLIMIT_CPU, seconds); }
int clinux_limit_file_size(unsigned long long bytes) { return limit(RLIMIT_FSIZE, bytes); }
int clinux_limit_open_files(unsigned long long count) { return limit(RLIMIT_NOFILE, count); }
int clinux_limit_core_dump(void) { return limit(RLIMIT_CORE, 0); }

long long clinux_raise_open_files(void) {
    struct rlimit r;
    if (getrlimit(RLIMIT_NOFILE, &r)) return -1;
    r.rlim_cur = r.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &r)) return -1;
    return r.rlim_cur > LLONG_MAX ? LLONG_MAX : (long long)r.rlim_cur;
}
int clinux_hide_process(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

int clinux_lock_exclusive(int fd, int wait) { return flock(fd, LOCK_EX | (wait ? 0 : LOCK_NB)); }
int clinux_unlock(int fd) { return flock(fd, LOCK_UN); }

int clinux_spawn_detached(int *pid, const char *path, char *const argv[], char *const env[], const char *folder, const char *log) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, every;
    int result;
    pid_t child = 0;
    if ((result = posix_spawn_file_actions_init(&actions))) return result;
    if ((result = posix_spawnattr_init(&attributes))) {
        posix_spawn_file_actions_destroy(&actions);
        return result;
    }
    sigemptyset(&none);
    sigfillset(&every);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &every);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    posix_spawn_file_actions_adddup2(&actions, 1, 2);
    posix_spawn_file_actions_addchdir_np(&actions, folder);
    posix_spawn_file_actions_addclosefrom_np(&actions, 3);
    result = posix_spawn(&child, path, &actions, &attributes, argv, env);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    *pid = (int)child;
    return result;
}

long long clinux_tcp_bytes_sent(int fd) {
    struct tcp_info info = {0};
    socklen_t size = sizeof info;
    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) || size < offsetof(struct tcp_info, tcpi_dsack_dups)) return -1;
    return (long long)(info.tcpi_bytes_sent - info.tcpi_bytes_retrans);
}
