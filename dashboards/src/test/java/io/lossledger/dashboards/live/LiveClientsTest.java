package io.lossledger.dashboards.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.lossledger.dashboards.live.frames.FrameSource;
import io.lossledger.dashboards.live.frames.NoteFrames;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LiveClientsTest {
    private static final long PATIENCE_SECONDS = 30;

    private final BlockingQueue<Integer> written = new LinkedBlockingQueue<>();

    @Test
    void servesTheOthersWhenOneClientFails() throws Exception {
        BlockingQueue<Boolean> swept = new LinkedBlockingQueue<>();
        try (LiveClients clients = new LiveClients(20, () -> swept.add(true))) {
            LiveClient broken = client(clients, last -> {
                throw new IllegalArgumentException("broken");
            });
            NoteFrames news = new NoteFrames("news");
            news.set("1");
            for (int i = 0; i < 9; i++) { // the order in which they are served is not known
                client(clients, news);
            }

            broken.done().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            for (int i = 0; i < 9; i++) {
                assertThat(written.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isNotNull();
            }
            assertThat(swept.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isNotNull();
            assertThat(clients.size()).isEqualTo(9);
        }
    }

    private LiveClient client(LiveClients clients, FrameSource source) throws Exception {
        assertThat(clients.reserve()).isTrue();
        LiveClient client = new LiveClient(new Wire(), List.of(source), System.nanoTime(), clients::leave);
        client.onWritePossible();
        clients.add(client);
        return client;
    }

    /** Takes everything. */
    private final class Wire extends ServletOutputStream {
        @Override
        public boolean isReady() {
            return true;
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
        public void write(byte[] bytes) {
            written.add(bytes.length);
        }
    }
}
