package io.lossledger.producer.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class UnsentBytesTest {
    @Test
    void waitsUntilAllIsSettledAndSaysWhatIsLeft() throws InterruptedException {
        UnsentBytes unsent = new UnsentBytes(100, Duration.ZERO);
        unsent.handedOver(30);
        unsent.handedOver(12);
        CountDownLatch said = new CountDownLatch(1);
        List<Long> left = new CopyOnWriteArrayList<>();
        Thread waiting = new Thread(() -> unsent.awaitSettled(Duration.ofSeconds(60), bytes -> {
            left.add(bytes);
            said.countDown();
        }));
        waiting.start();
        assertThat(said.await(30, TimeUnit.SECONDS)).isTrue();
        unsent.settled(30, true);
        unsent.settled(12, false);
        waiting.join(30_000);

        assertThat(waiting.isAlive()).isFalse();
        assertThat(left.get(0)).isEqualTo(42);
    }

    @Test
    void letsAnythingThroughWhenNothingIsUnsent() {
        assertThat(new UnsentBytes(100, Duration.ZERO).awaitRoom(1_000)).isTrue();
    }

    @Test
    void refusesWhatDoesNotFitWhenKafkaTakesNothing() {
        UnsentBytes unsent = new UnsentBytes(100, Duration.ofMillis(1));
        unsent.handedOver(60);
        assertThat(unsent.awaitRoom(40)).isTrue();
        assertThat(unsent.awaitRoom(41)).isFalse();
    }

    @Test
    void doesNotWaitAgainUntilKafkaIsBack() {
        UnsentBytes unsent = new UnsentBytes(100, Duration.ofMillis(1));
        unsent.handedOver(100);
        assertThat(unsent.awaitRoom(1)).isFalse();
        unsent.settled(20, false);
        assertThat(unsent.awaitRoom(10)).as("room that a lost record has left").isTrue();
        assertThat(unsent.awaitRoom(30)).isFalse();
        unsent.settled(30, true);
        assertThat(unsent.awaitRoom(30)).isTrue();
        assertThat(unsent.bytes()).isEqualTo(50);
    }

    @Test
    void waitsForRoomWhileKafkaMakesProgress() throws Exception {
        UnsentBytes unsent = new UnsentBytes(100, Duration.ofMinutes(10));
        unsent.handedOver(100);
        CompletableFuture<Boolean> waiting = CompletableFuture.supplyAsync(() -> unsent.awaitRoom(50));
        unsent.settled(30, true);
        unsent.settled(30, true);

        assertThat(waiting.get(30, TimeUnit.SECONDS)).isTrue();
    }
}
