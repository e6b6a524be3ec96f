package io.lossledger.producer.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lossledger.producer.evaluate.TestNetworks;
import io.lossledger.producer.publish.TestPublishers;
import io.lossledger.protocol.v1.RunManifest;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.apache.kafka.clients.producer.MockProducer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;

class LedgerBuilderTest {
    @Test
    void describesEachRunOfABuilderOnce() {
        List<RunManifest> manifests = new ArrayList<>();
        LedgerBuilder builder = builder();
        for (int run = 0; run < 2; run++) {
            builder.attach(TestNetworks.dense(DataType.FLOAT, 0, 1), described -> {
                        manifests.add(described.manifest());
                        return TestPublishers.intoTheVoid(described.layout());
                    })
                    .close();
        }

        assertThat(manifests.get(0).getLayersCount()).isEqualTo(2);
        assertThat(manifests.get(1)).isEqualTo(manifests.get(0));
    }

    @Test
    void statesHowManyStepsArePlanned() {
        List<RunManifest> manifests = new ArrayList<>();
        for (LedgerBuilder builder : List.of(builder(), builder().plannedSteps(400))) {
            builder.attach(TestNetworks.dense(DataType.FLOAT, 0, 1), described -> {
                        manifests.add(described.manifest());
                        return TestPublishers.intoTheVoid(described.layout());
                    })
                    .close();
        }

        assertThat(manifests.get(0).hasPlannedSteps()).isFalse();
        assertThat(manifests.get(1).getPlannedSteps()).isEqualTo(400);
        assertThatThrownBy(() -> builder().plannedSteps(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("plannedSteps: must be at least 1. Found: 0");
    }

    @Test
    void closesWhatItHasOpenedWhenAnErrorIsThrown() {
        MockProducer<String, byte[]> producer = TestPublishers.memory();
        MeterRegistry full = new SimpleMeterRegistry() {
            @Override
            protected <T> Gauge newGauge(Meter.Id id, @Nullable T subject, ToDoubleFunction<T> value) {
                throw new OutOfMemoryError("no room for " + id.getName());
            }
        };

        assertThatThrownBy(() -> builder()
                        .metrics(full)
                        .attach(
                                TestNetworks.dense(DataType.FLOAT, 0, 1),
                                run -> TestPublishers.into(producer, run.layout())))
                .isInstanceOf(OutOfMemoryError.class)
                .hasNoSuppressedExceptions();
        assertThat(producer.closed()).isTrue();
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().equals("lossledger-recorder"));
    }

    private static LedgerBuilder builder() {
        return LossLedger.to("nowhere:1").run("r").train(TestNetworks.data(30, 9));
    }
}
