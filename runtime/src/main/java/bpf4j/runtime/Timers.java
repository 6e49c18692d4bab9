package bpf4j.runtime;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.Map;

/// The `struct bpf_timer`s of a space, by the address where they are. Programs set them; they fire
/// when a host calls [#run].
public final class Timers {
    private static final long ABSOLUTE = 1;
    private static final long CPU_PIN = 2;
    /// The bytes of a `struct bpf_timer`.
    private static final int SIZE = 16;

    private static final int REALTIME = 0;
    private static final int MONOTONIC = 1;
    private static final int BOOTTIME = 7;

    private static final class Timer {
        final long map;
        final long value;
        Execution.@Nullable Callbacks program;
        int function;
        boolean armed;
        long expires;

        Timer(long map, long value) {
            this.map = map;
            this.value = value;
        }
    }

    private final Map<Long, Timer> timers = new HashMap<>();

    Timers() {}

    /// `bpf_timer_init`.
    ///
    /// @param timer the address of the `struct bpf_timer`
    public synchronized int init(long timer, BpfMap map, long flags) {
        if (flags != REALTIME && flags != MONOTONIC && flags != BOOTTIME) {
            return -Errno.EINVAL;
        }
        if (Address.region(timer) != Address.VALUES + map.id()
                || (Address.offset(timer) & 7) != 0
                || !map.permits(Address.offset(timer), SIZE, true)) {
            throw new ProgramFault(Address.describe(timer) + " is no place for a timer");
        }
        long value = timer - Math.max(0, map.timerOffset());
        return timers.putIfAbsent(timer, new Timer(map.handle(), value)) != null ? -Errno.EBUSY : 0;
    }

    /// `bpf_timer_set_callback`.
    public synchronized int setCallback(long timer, Execution execution, long function) {
        Timer found = timers.get(timer);
        if (found == null) {
            return -Errno.EINVAL;
        }
        if (Address.region(function) != Address.CODE) {
            throw new ProgramFault(Address.describe(function) + " is not a function's address");
        }
        found.program = execution.callbacks;
        found.function = Address.offset(function);
        return 0;
    }

    /// `bpf_timer_start`: fires `nanos` after `now`, or at `nanos` when the flags say so.
    public synchronized int start(long timer, long nanos, long flags, long now) {
        if ((flags & ~(ABSOLUTE | CPU_PIN)) != 0) {
            return -Errno.EINVAL;
        }
        Timer found = timers.get(timer);
        if (found == null || found.program == null) {
            return -Errno.EINVAL;
        }
        found.armed = true;
        found.expires = (flags & ABSOLUTE) != 0 ? nanos : now + nanos;
        return 0;
    }

    /// `bpf_timer_cancel`: 1 when the timer was armed, 0 when not.
    public synchronized int cancel(long timer) {
        Timer found = timers.get(timer);
        if (found == null) {
            return -Errno.EINVAL;
        }
        boolean armed = found.armed;
        found.armed = false;
        found.program = null;
        return armed ? 1 : 0;
    }

    /// When the next timer fires, or [Long#MAX_VALUE].
    public synchronized long next() {
        long next = Long.MAX_VALUE;
        for (Timer timer : timers.values()) {
            if (timer.armed) {
                next = Math.min(next, timer.expires);
            }
        }
        return next;
    }

    /// Fires the timers that are due, the earliest first.
    ///
    /// @return the number of callbacks called
    public int run(Execution execution, long now) {
        int fired = 0;
        while (true) {
            Timer due;
            synchronized (this) {
                due = due(now);
                if (due == null) {
                    return fired;
                }
                due.armed = false;
            }
            Execution.Callbacks program = due.program;
            if (program != null) {
                execution.reset();
                // A callback runs in the frame below; this one has none above it.
                execution.frame = Address.STACK_TOP + Address.FRAME_SIZE;
                execution.callbacks = program;
                BpfMap map = execution.space.mapAt(due.map);
                long keyAddress = map.keyAddress(execution, due.value);
                program.call(execution, due.function, due.map, keyAddress, due.value, 0, 0);
                fired++;
            }
        }
    }

    private @Nullable Timer due(long now) {
        Timer first = null;
        for (Timer timer : timers.values()) {
            if (timer.armed
                    && timer.expires <= now
                    && (first == null || timer.expires < first.expires)) {
                first = timer;
            }
        }
        return first;
    }
}
