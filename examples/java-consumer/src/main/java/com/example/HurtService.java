package com.example;

import com.google.protobuf.InvalidProtocolBufferException;
import io.lossledger.protocol.RowFormat;
import io.lossledger.protocol.v1.LayerRow;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Warns of layers that hurt, in all runs: a plain Kafka consumer, of which several may share the work. Until Ctrl-C. */
public final class HurtService {
    private HurtService() {}

    public static void main(String[] args) {
        if (args.length != 2) {
            System.err.println("Arguments: BOOTSTRAP_SERVERS STEPS");
            System.exit(2);
        }
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", args[0],
                "group.id", "hurt-service", // where it left off is kept under this name
                "auto.offset.reset", "earliest",
                "isolation.level", "read_committed"); // or rows of aborted transactions are seen, too
        HurtRule rule = new HurtRule(Integer.parseInt(args[1]));
        try (KafkaConsumer<String, byte[]> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer())) {
            consumer.subscribe(List.of("lossledger.layer"));
            while (true) {
                for (ConsumerRecord<String, byte[]> entry : consumer.poll(Duration.ofSeconds(1))) {
                    try {
                        LayerRow row = RowFormat.read(entry.value(), LayerRow.newBuilder()).build();
                        rule.warning(row).ifPresent(System.out::println);
                    } catch (InvalidProtocolBufferException e) {
                        System.err.println("passed over a record at offset " + entry.offset() + ": " + e.getMessage());
                    }
                }
            }
        }
    }
}
