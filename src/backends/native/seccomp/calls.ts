/**
 * The system calls that a system container may make, by what they are for. Groups are those of a person's mind, not of
 * the kernel's. A name that an architecture does not have is simply not there; a call that is newer than this list is
 * answered with ENOSYS, which every C library takes as "an older kernel".
 */
export const ALLOWED_CALLS: Readonly<Record<string, string>> = {
  files: `
    _llseek access cachestat chdir chmod chown chown32 close close_range copy_file_range creat dup dup2 dup3 faccessat
    faccessat2 fadvise64 fadvise64_64 arm_fadvise64_64 fallocate fchdir fchmod fchmodat fchmodat2 fchown fchown32
    fchownat fcntl fcntl64 fdatasync flock fstat fstat64 fstatat64 fstatfs fstatfs64 fsync ftruncate ftruncate64
    futimesat getcwd getdents getdents64 ioctl lchown lchown32 link linkat lseek lstat lstat64 mkdir mkdirat mknod
    mknodat name_to_handle_at newfstatat oldfstat oldlstat oldstat open openat openat2 pipe pipe2 pread64 preadv preadv2
    pwrite64 pwritev pwritev2 quotactl quotactl_fd read readahead readdir readlink readlinkat readv rename renameat
    renameat2 rmdir sendfile sendfile64 splice stat stat64 statfs statfs64 statx symlink symlinkat sync sync_file_range
    sync_file_range2 arm_sync_file_range syncfs tee truncate truncate64 umask unlink unlinkat utime utimensat
    utimensat_time64 utimes vmsplice write writev`,
  attributes: `
    fgetxattr flistxattr fremovexattr fsetxattr getxattr lgetxattr listxattr llistxattr lremovexattr lsetxattr
    removexattr setxattr`,
  // Init mounts, and a nested manager makes namespaces: the machine's user namespace is the guard.
  'mounts and namespaces': `
    chroot fsconfig fsmount fsopen fspick mount mount_setattr move_mount open_tree pivot_root setns umount umount2
    unshare`,
  waiting: `
    _newselect epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait epoll_wait_old
    eventfd eventfd2 fanotify_init fanotify_mark inotify_add_watch inotify_init inotify_init1 inotify_rm_watch
    io_cancel io_destroy io_getevents io_pgetevents io_pgetevents_time64 io_setup io_submit poll ppoll ppoll_time64
    pselect6 pselect6_time64 select signalfd signalfd4`,
  network: `
    accept accept4 bind connect getpeername getsockname getsockopt listen recv recvfrom recvmmsg recvmmsg_time64 recvmsg
    send sendmmsg sendmsg sendto setsockopt shutdown socket socketcall socketpair`,
  memory: `
    brk get_mempolicy madvise map_shadow_stack mbind membarrier memfd_create memfd_secret migrate_pages mincore mlock
    mlock2 mlockall mmap mmap2 move_pages mprotect mremap msync munlock munlockall munmap pkey_alloc pkey_free
    pkey_mprotect process_madvise process_mrelease remap_file_pages set_mempolicy set_mempolicy_home_node`,
  processes: `
    arch_prctl breakpoint cacheflush capget capset clone clone3 execve execveat exit exit_group fork
    get_robust_list get_thread_area get_tls getcpu getpgid getpgrp getpid getppid getpriority getrusage getsid gettid
    ioprio_get ioprio_set kcmp modify_ldt nice pause pidfd_getfd pidfd_open pidfd_send_signal prctl
    prlimit64 process_vm_readv process_vm_writev ptrace riscv_flush_icache rseq sched_get_priority_max
    sched_get_priority_min sched_getaffinity sched_getattr sched_getparam sched_getscheduler sched_rr_get_interval
    sched_rr_get_interval_time64 sched_setaffinity sched_setattr sched_setparam sched_setscheduler sched_yield
    set_robust_list set_thread_area set_tid_address set_tls setpgid setpriority setsid usr26 usr32 vfork wait4 waitid
    waitpid`,
  signals: `
    alarm getitimer kill restart_syscall rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn
    rt_sigsuspend rt_sigtimedwait rt_sigtimedwait_time64 rt_tgsigqueueinfo setitimer sgetmask sigaction sigaltstack
    signal sigpending sigprocmask sigreturn sigsuspend ssetmask tgkill tkill`,
  identity: `
    getegid getegid32 geteuid geteuid32 getgid getgid32 getgroups getgroups32 getresgid getresgid32 getresuid
    getresuid32 getuid getuid32 setfsgid setfsgid32 setfsuid setfsuid32 setgid setgid32 setgroups setgroups32 setregid
    setregid32 setresgid setresgid32 setresuid setresuid32 setreuid setreuid32 setuid setuid32`,
  // Setting a clock needs a capability over the host that no machine has; reading through adjtimex does not.
  time: `
    adjtimex clock_adjtime clock_adjtime64 clock_getres clock_getres_time64 clock_gettime clock_gettime64
    clock_nanosleep clock_nanosleep_time64 clock_settime clock_settime64 gettimeofday nanosleep settimeofday stime
    time timer_create timer_delete timer_getoverrun timer_gettime timer_gettime64 timer_settime timer_settime64
    timerfd_create timerfd_gettime timerfd_gettime64 timerfd_settime timerfd_settime64 times`,
  'messages and locks': `
    futex futex_requeue futex_time64 futex_wait futex_waitv futex_wake ipc mq_getsetattr mq_notify mq_open
    mq_timedreceive mq_timedreceive_time64 mq_timedsend mq_timedsend_time64 mq_unlink msgctl msgget msgrcv msgsnd
    semctl semget semop semtimedop semtimedop_time64 shmat shmctl shmdt shmget`,
  // reboot(2) ends the machine's own pid namespace, no more.
  system: `
    getrandom getrlimit landlock_add_rule landlock_create_ruleset landlock_restrict_self oldolduname olduname
    reboot seccomp setdomainname sethostname setrlimit sysinfo ugetrlimit uname vhangup`,
};

/**
 * Refused aloud: EPERM tells a program that it may not, so it stops asking. What is in neither list is answered with
 * ENOSYS, so that programs fall back: keyrings (not separated between machines), io_uring (the source of many holes of
 * the kernel; refused by docker too), and all that is obsolete.
 */
export const REFUSED_CALLS: Readonly<Record<string, string>> = {
  'the kernel itself': 'delete_module finit_module init_module kexec_file_load kexec_load',
  'host files by handle, past the mount namespace': 'open_by_handle_at',
  'programs and probes in the kernel': 'bpf lookup_dcookie perf_event_open userfaultfd',
  'the hardware of the host': 'ioperm iopl pciconfig_iobase pciconfig_read pciconfig_write',
  'the log, accounting and swap of the host': 'acct swapoff swapon syslog',
};

/** What managers inside need on top: runc and systemd-nspawn keep a session keyring and load device programs. */
export const NESTING_CALLS: Readonly<Record<string, string>> = {
  keyrings: 'add_key keyctl request_key',
  'device programs of cgroups': 'bpf',
};
