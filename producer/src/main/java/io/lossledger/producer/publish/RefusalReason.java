package io.lossledger.producer.publish;

import java.util.List;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.PartitionInfo;

/** Why Kafka may accept no records: what its producer knows without any right more. Stateless. */
final class RefusalReason {
    private RefusalReason() {}

    /** One sentence without a full stop. */
    static String of(Producer<?, ?> producer, String topic) {
        if (!isConnected(producer)) {
            return "no broker can be reached";
        }
        List<PartitionInfo> partitions;
        try {
            partitions = producer.partitionsFor(topic);
        } catch (KafkaException e) {
            return "no broker says where " + topic + " is (" + e.getMessage() + ")";
        }
        for (PartitionInfo partition : partitions) {
            String name = topic + "-" + partition.partition();
            if (partition.leader() == null || partition.leader().isEmpty()) {
                return name + " has no leader";
            }
            if (partition.inSyncReplicas().length < partition.replicas().length) {
                return "only " + partition.inSyncReplicas().length + " of " + partition.replicas().length
                        + " replicas of " + name + " are in sync";
            }
        }
        return "brokers are connected, but acknowledge nothing: a leader may have just failed; otherwise see their logs";
    }

    /** Also true if it is not known. */
    private static boolean isConnected(Producer<?, ?> producer) {
        for (var metric : producer.metrics().entrySet()) {
            if (isConnectionCount(metric.getKey()) && isZero(metric.getValue())) {
                return false;
            }
        }
        return true;
    }

    private static boolean isConnectionCount(MetricName name) {
        return name.name().equals("connection-count") && name.group().equals("producer-metrics");
    }

    private static boolean isZero(Metric metric) {
        return metric.metricValue() instanceof Double count && count == 0;
    }
}
