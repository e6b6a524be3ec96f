package io.lossledger.dashboards.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.dashboards.live.frames.NoteFrames;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LiveClientTest {
    private final Wire wire = new Wire();
    private final NoteFrames source = new NoteFrames("news");
    private final List<LiveClient> left = new ArrayList<>();
    private final LiveClient client = new LiveClient(wire, List.of(source), 0, left::add);

    @Test
    void sendsEachNewFrameOnce() throws Exception {
        client.onWritePossible();
        source.set("1");
        client.pump(1);
        client.pump(2);
        source.set("1");
        client.pump(3);
        source.set("2");
        client.pump(4);

        assertThat(wire.written).containsExactly("event: news\ndata: 1\n\n", "event: news\ndata: 2\n\n");
        assertThat(wire.flushed).isEqualTo(2);
    }

    @Test
    void waitsUntilTheServerAllowsWriting() {
        source.set("1");
        client.pump(1);

        assertThat(wire.written).isEmpty();
    }

    @Test
    void aSlowClientGetsTheNewestStateWhenItCanAcceptMore() throws Exception {
        client.onWritePossible();
        wire.ready = false;
        for (int i = 0; i < 1_000; i++) {
            source.set("" + i);
            client.pump(i);
        }
        assertThat(wire.written).isEmpty();

        wire.ready = true;
        client.pump(1_000);
        assertThat(wire.written).containsExactly("event: news\ndata: 999\n\n");
    }

    @Test
    void isDisconnectedWhenItAcceptsNothingForLong() throws Exception {
        client.onWritePossible();
        wire.ready = false;
        client.pump(LiveClient.PATIENCE_NANOS - 1);
        assertThat(left).isEmpty();

        client.pump(LiveClient.PATIENCE_NANOS);
        client.pump(LiveClient.PATIENCE_NANOS + 1);
        assertThat(left).containsExactly(client);
        assertThat(client.done()).isDone();
    }

    @Test
    void sendsAHeartbeatWhenThereIsNoNews() throws Exception {
        client.onWritePossible();
        client.pump(LiveClient.HEARTBEAT_NANOS - 1);
        assertThat(wire.written).isEmpty();

        client.pump(LiveClient.HEARTBEAT_NANOS);
        assertThat(wire.written).containsExactly("event: heartbeat\ndata: {}\n\n");
    }

    @Test
    void leavesWhenTheConnectionIsLost() throws Exception {
        client.onWritePossible();
        wire.broken = true;
        source.set("1");
        client.pump(1);
        assertThat(left).containsExactly(client);

        client.onError(new IOException("gone"));
        assertThat(left).hasSize(1);
    }

    /** What the servlet container would give. */
    private static final class Wire extends ServletOutputStream {
        private final List<String> written = new ArrayList<>();
        private boolean ready = true;
        private boolean broken;
        private int flushed;

        @Override
        public boolean isReady() {
            return ready;
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void write(int value) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void write(byte[] bytes) throws IOException {
            if (broken) {
                throw new IOException("gone");
            }
            written.add(new String(bytes, StandardCharsets.UTF_8));
        }

        @Override
        public void flush() {
            flushed++;
        }
    }
}
