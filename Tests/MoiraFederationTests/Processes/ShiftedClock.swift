import Foundation

/// Processes whose calendar clock is ahead of the machine's, or behind it. Clocks that only count on,
/// and by which waits are timed, are left alone.
struct ShiftedClock {
  private let folder: String
  private var library: String { folder + "/shifted-clock.so" }

  /// Compiles what is loaded before the C library.
  ///
  /// - Parameter folder: of the test's own, which goes with it.
  init(in folder: String) throws {
    self.folder = folder
    let source = folder + "/shifted-clock.c"
    try Self.source.write(toFile: source, atomically: true, encoding: .utf8)
    let compiler = Process()
    compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    compiler.arguments =
      ["sh", "-c", "$(command -v cc || command -v clang) -shared -fPIC -o \"$1\" \"$0\" -ldl"]
      + [source, library]
    try compiler.run()
    compiler.waitUntilExit()
    guard compiler.terminationStatus == 0 else {
      throw FederationFault(text: "no C compiler: \(compiler.terminationStatus)")
    }
  }

  /// For the environment of a process whose clock is so far ahead.
  func variables(hours: Double) -> [String: String] {
    ["LD_PRELOAD": library, "CLOCK_SHIFT": "\(Int(hours * 3600))"]
  }

  /// Moments of the calendar are shifted as they are read, and shifted back where they are waited for.
  private static let source = """
    #define _GNU_SOURCE
    #include <dlfcn.h>
    #include <pthread.h>
    #include <semaphore.h>
    #include <stdlib.h>
    #include <sys/syscall.h>
    #include <sys/time.h>
    #include <time.h>
    #include <unistd.h>

    static long shift(void) {
      const char *text = getenv("CLOCK_SHIFT");
      return text ? atol(text) : 0;
    }

    int clock_gettime(clockid_t clock, struct timespec *at) {
      int result = syscall(SYS_clock_gettime, clock, at);
      if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) at->tv_sec += shift();
      return result;
    }

    int gettimeofday(struct timeval *at, void *zone) {
      struct timespec now;
      clock_gettime(CLOCK_REALTIME, &now);
      at->tv_sec = now.tv_sec;
      at->tv_usec = now.tv_nsec / 1000;
      return 0;
    }

    time_t time(time_t *at) {
      struct timespec now;
      clock_gettime(CLOCK_REALTIME, &now);
      if (at) *at = now.tv_sec;
      return now.tv_sec;
    }

    // Counting clocks begin with the machine, and are far from the calendar's 10^9.
    static struct timespec unshifted(const struct timespec *until) {
      struct timespec real = *until;
      if (real.tv_sec > 1000000000) real.tv_sec -= shift();
      return real;
    }

    int pthread_cond_timedwait(
        pthread_cond_t *condition, pthread_mutex_t *mutex, const struct timespec *until) {
      static int (*next)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);
      if (!next) next = dlsym(RTLD_NEXT, "pthread_cond_timedwait");
      struct timespec real = unshifted(until);
      return next(condition, mutex, &real);
    }

    int sem_timedwait(sem_t *semaphore, const struct timespec *until) {
      static int (*next)(sem_t *, const struct timespec *);
      if (!next) next = dlsym(RTLD_NEXT, "sem_timedwait");
      struct timespec real = unshifted(until);
      return next(semaphore, &real);
    }
    """
}
