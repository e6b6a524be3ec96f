package io.lossledger.standalone.commands;

import com.google.protobuf.InvalidProtocolBufferException;
import io.lossledger.protocol.LedgerTopic;
import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.v1.AlertRow;
import io.lossledger.protocol.v1.LayerRow;
import io.lossledger.protocol.v1.StepRow;
import io.lossledger.protocol.v1.WindowRow;
import io.lossledger.protocol.verdict.ClosingRows;
import io.lossledger.standalone.terminal.RowFollower;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Follows one run by its result topics, as any other service would, reading committed rows only. Rows may be JSON or
 * Protobuf. Not thread-safe.
 */
final class RunView implements AutoCloseable {
    private final String run;
    private final String objective;
    private final String prefix;
    private final RowFollower rows;
    private final Map<Integer, Map<Integer, LayerRow>> layers = new HashMap<>();
    private final List<StepRow> waiting = new ArrayList<>();
    private final ClosingRows closing;

    RunView(Map<String, Object> kafka, String prefix, String run, String objective) {
        this.run = run;
        this.objective = objective;
        this.prefix = prefix;
        closing = new ClosingRows(objective, "");
        // The run is new: its rows come after all existing ones.
        rows = new RowFollower(
                kafka, prefix, LedgerTopic.STEP, LedgerTopic.LAYER, LedgerTopic.WINDOW, LedgerTopic.ALERT);
    }

    /** Waits a moment for rows and hands on each alert, and each step whose layers are all here. */
    void poll(BiConsumer<StepRow, List<LayerRow>> steps, Consumer<AlertRow> alerts) {
        for (ConsumerRecord<String, byte[]> row : rows.poll()) {
            if (run.equals(row.key())) {
                try {
                    take(row, alerts);
                } catch (InvalidProtocolBufferException e) {
                    throw new IllegalStateException("A row of " + row.topic() + " cannot be read", e);
                }
            }
        }
        waiting.removeIf(step -> handOn(step, steps));
    }

    /** The closing balance, once the run has ended and all its steps were handed on. */
    Optional<ClosingRows> closing() {
        return waiting.isEmpty() && closing.isComplete() ? Optional.of(closing) : Optional.empty();
    }

    @Override
    public void close() {
        rows.close();
    }

    private void take(ConsumerRecord<String, byte[]> entry, Consumer<AlertRow> alerts)
            throws InvalidProtocolBufferException {
        String topic = entry.topic();
        if (topic.equals(LedgerTopic.STEP.named(prefix))) {
            StepRow row = RowFormat.read(entry.value(), StepRow.newBuilder()).build();
            if (isWanted(row.getObjective(), row.getPart())) {
                waiting.add(row);
            }
        } else if (topic.equals(LedgerTopic.LAYER.named(prefix))) {
            LayerRow row = RowFormat.read(entry.value(), LayerRow.newBuilder()).build();
            if (isWanted(row.getObjective(), row.getPart())) {
                layers.computeIfAbsent(row.getStep(), s -> new TreeMap<>()).put(row.getLayerIndex(), row);
            }
        } else if (topic.equals(LedgerTopic.ALERT.named(prefix))) {
            AlertRow row = RowFormat.read(entry.value(), AlertRow.newBuilder()).build();
            alerts.accept(row);
        } else {
            closing.accept(RowFormat.read(entry.value(), WindowRow.newBuilder()).build());
        }
    }

    /** The whole update of the objective that is followed. */
    private boolean isWanted(String name, String part) {
        return name.equals(objective) && part.isEmpty();
    }

    /** The topics are read independently, so a step's layer rows may come after its step row. */
    private boolean handOn(StepRow step, BiConsumer<StepRow, List<LayerRow>> steps) {
        Map<Integer, LayerRow> found = layers.getOrDefault(step.getStep(), Map.of());
        double parameters =
                found.values().stream().mapToDouble(LayerRow::getParameters).sum();
        if (parameters < step.getParameters()) {
            return false;
        }
        layers.remove(step.getStep());
        steps.accept(step, List.copyOf(found.values()));
        return true;
    }
}
