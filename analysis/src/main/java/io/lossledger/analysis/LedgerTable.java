package io.lossledger.analysis;

import com.google.protobuf.Message;
import io.lossledger.protocol.LedgerTopic;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The tables of an export. Each holds the rows of one topic, field by field; if the topic's rows contain arrays, one
 * row for each element. Immutable.
 */
public enum LedgerTable {
    RUNS(LedgerTopic.RUN, null),
    STEPS(LedgerTopic.STEP, null),
    LAYERS(LedgerTopic.LAYER, null),
    UNITS(LedgerTopic.UNIT, Elements.OF_UNITS),
    WINDOWS(LedgerTopic.WINDOW, null),
    MOMENTS(LedgerTopic.MOMENT, null),
    ALERTS(LedgerTopic.ALERT, null),
    PARAMETERS(LedgerTopic.PARAMETER, Elements.OF_PARAMETERS);

    private final LedgerTopic topic;
    private final @Nullable Elements elements;

    LedgerTable(LedgerTopic topic, @Nullable Elements elements) {
        this.topic = topic;
        this.elements = elements;
    }

    /** Arrays that are exported as rows. */
    enum Elements {
        OF_UNITS("unit_lca", "first_unit", "unit", "Unit in the layer, 0-based."),
        OF_PARAMETERS("parameter_lca", "offset", "parameter", "Flat index of the parameter in its tensor.");

        private final String array;
        private final String first;
        private final String index;
        private final String meaning;

        Elements(String array, String first, String index, String meaning) {
            this.array = array;
            this.first = first;
            this.index = index;
            this.meaning = meaning;
        }

        /** The field with the array. */
        String array() {
            return array;
        }

        /** The field with the index of its first element. */
        String first() {
            return first;
        }

        /** The column with the index of an element. */
        String index() {
            return index;
        }

        /** The meaning of that index. */
        String meaning() {
            return meaning;
        }
    }

    /** The name of the table, such as {@code steps}. */
    public String tableName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The topic of its rows. */
    public LedgerTopic topic() {
        return topic;
    }

    /** The table for rows of a type. */
    static LedgerTable of(Message row) {
        return Arrays.stream(values())
                .filter(table -> table.message().getDescriptorForType().equals(row.getDescriptorForType()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("row: must be of a result topic. Found: "
                        + row.getDescriptorForType().getFullName()));
    }

    Message message() {
        return topic.value().orElseThrow();
    }

    Optional<Elements> elements() {
        return Optional.ofNullable(elements);
    }
}
