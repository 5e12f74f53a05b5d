#pragma once
/* What Swift's Glibc module leaves out. Plain prototypes only: system headers here would clash with Swift's own modules. */
int clinux_eventfd(void);
int clinux_eventfd_fire(int fd);
int clinux_die_with_parent(int signal);
int clinux_no_new_privileges(void);
int clinux_limit_address_space(unsigned long long bytes);
int clinux_limit_cpu(unsigned long long seconds);
int clinux_limit_file_size(unsigned long long bytes);
int clinux_limit_open_files(unsigned long long count);
int clinux_limit_core_dump(void);
/* Raises the soft limit of open files to the hard one; the limit then, or -1 with errno. */
long long clinux_raise_open_files(void);
/* Hides this process' memory and environment from others of the same user. */
int clinux_hide_process(void);
/* Exclusive flock(2); 0, or -1 with errno (EWOULDBLOCK when held and `wait` is 0). */
int clinux_lock_exclusive(int fd, int wait);
/* Gives the lock back for every copy of the descriptor, also one that a child holds until it execs. */
int clinux_unlock(int fd);
/* Starts a program in a session of its own, its output appended to `log`; returns 0 or an errno. */
int clinux_spawn_detached(int *pid, const char *path, char *const argv[], char *const env[], const char *folder, const char *log);
/* pidfd_open(2) and pidfd_send_signal(2): a signal that cannot reach a later owner of the same pid. */
int clinux_pidfd_open(int pid);
int clinux_pidfd_send_signal(int fd, int signal);
/* Bytes that a TCP socket has sent, without those it sent again; -1 for another kind of socket. */
long long clinux_tcp_bytes_sent(int fd);
