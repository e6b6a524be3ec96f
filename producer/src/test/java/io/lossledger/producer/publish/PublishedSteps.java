package io.lossledger.producer.publish;

import com.google.protobuf.InvalidProtocolBufferException;
import io.lossledger.producer.step.FlatVector;
import io.lossledger.producer.step.ModelLayout;
import io.lossledger.producer.step.ObjectiveStep;
import io.lossledger.producer.step.SegmentGradient;
import io.lossledger.producer.step.StepUpdate;
import io.lossledger.producer.step.TensorLayout;
import io.lossledger.protocol.v1.ObjectiveKind;
import io.lossledger.protocol.v1.ParameterRole;
import io.lossledger.protocol.v1.RunManifest;
import io.lossledger.protocol.v1.StepFacts;
import io.lossledger.protocol.v1.Update;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Steps of a small model with two tensors, for tests that publish them. */
final class PublishedSteps {
    /** 1,000 weights, then 7 parameters that are not booked, then 10 biases. */
    static final ModelLayout LAYOUT = new ModelLayout(
            1017,
            List.of(
                    new TensorLayout("0_W", "fc", 0, ParameterRole.PARAMETER_ROLE_WEIGHT, 0, 1000, 100, 0),
                    new TensorLayout("0_b", "fc", 0, ParameterRole.PARAMETER_ROLE_BIAS, 1007, 10, 1, 0)));

    static final Duration PATIENCE = Duration.ofMillis(1);

    private PublishedSteps() {}

    static PublisherSettings settings(int chunkBytes) {
        return new PublisherSettings("lossledger.", chunkBytes, PATIENCE, Map.of());
    }

    static RunManifest run() {
        return RunManifest.newBuilder().setRun("r").build();
    }

    static StepFacts facts() {
        return StepFacts.getDefaultInstance();
    }

    /** Delta counts 0, 1, 2, …, so that every element is known by its value. */
    static StepUpdate step(int number) {
        float[] delta = new float[LAYOUT.vectorLength()];
        for (int i = 0; i < delta.length; i++) {
            delta[i] = i;
        }
        ObjectiveStep objective = objective(FlatVector.of(new float[delta.length]));
        return new StepUpdate(number, 1, FlatVector.of(delta), List.of(objective), facts());
    }

    static ObjectiveStep objective(FlatVector gradient) {
        List<Optional<FlatVector>> nodes = new ArrayList<>();
        for (int node = 0; node < 3; node++) {
            nodes.add(Optional.of(gradient));
        }
        return new ObjectiveStep(
                "train",
                1,
                ObjectiveKind.OBJECTIVE_KIND_FIXED,
                1,
                0,
                new SegmentGradient.Nodes(nodes),
                false,
                Optional.empty());
    }

    static Update update(ProducerRecord<String, byte[]> record) {
        try {
            return Update.parseFrom(record.value());
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }
}
