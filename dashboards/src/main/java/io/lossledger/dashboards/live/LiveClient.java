package io.lossledger.dashboards.live;

import io.lossledger.dashboards.live.frames.Frame;
import io.lossledger.dashboards.live.frames.FrameSource;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connected browser. It is written to only when it can accept more, and then gets everything new up to that moment. A
 * slow browser misses the states in between, needs no thread, and holds at most one frame. A browser that accepts
 * nothing for a long time is disconnected. Thread-safe.
 */
final class LiveClient implements WriteListener {
    static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
    static final long HEARTBEAT_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final Logger log = LoggerFactory.getLogger(LiveClient.class);
    private static final byte[] HEARTBEAT = "event: heartbeat\ndata: {}\n\n".getBytes(StandardCharsets.UTF_8);

    private final ServletOutputStream out;
    private final List<FrameSource> sources;
    private final Consumer<LiveClient> left;
    private final @Nullable Frame[] sent;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private long wroteAt;
    private boolean started;
    private boolean unflushed;

    /** @param left called once, when the client has left or is disconnected */
    LiveClient(ServletOutputStream out, List<FrameSource> sources, long now, Consumer<LiveClient> left) {
        this.out = out;
        this.sources = sources;
        this.left = left;
        sent = new @Nullable Frame[sources.size()];
        wroteAt = now;
    }

    /** Completed when the client has left or is disconnected. */
    CompletableFuture<Void> done() {
        return done;
    }

    @Override
    public synchronized void onWritePossible() throws IOException {
        started = true;
        flush();
    }

    @Override
    public void onError(Throwable fault) {
        log.trace("A client has left", fault);
        end();
    }

    /** Sends the news, as far as the client can accept it. */
    void pump(long now) {
        if (!done.isDone() && !write(now)) {
            end();
        }
    }

    void end() {
        if (done.complete(null)) {
            left.accept(this);
        }
    }

    private synchronized boolean write(long now) {
        try {
            if (!started || !out.isReady()) {
                return now - wroteAt < PATIENCE_NANOS;
            }
            for (int i = 0; i < sent.length && out.isReady(); i++) {
                Frame frame = sources.get(i).after(sent[i]).orElse(null);
                if (frame != null) {
                    sent[i] = frame;
                    write(frame.bytes(), now);
                }
            }
            if (now - wroteAt >= HEARTBEAT_NANOS && out.isReady()) {
                write(HEARTBEAT, now);
            }
            flush();
            return true;
        } catch (IOException | IllegalStateException e) {
            log.trace("A client has left", e);
            return false;
        }
    }

    private void write(byte[] bytes, long now) throws IOException {
        out.write(bytes);
        unflushed = true;
        wroteAt = now;
    }

    private void flush() throws IOException {
        if (unflushed && out.isReady()) {
            unflushed = false;
            out.flush();
        }
    }
}
