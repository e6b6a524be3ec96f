package io.lossledger.streams;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DeleteRecordsResult;
import org.apache.kafka.common.errors.AuthorizationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says once for each topic that processed records may not be deleted. Kafka Streams logs such an error at every attempt, and goes
 * on. A proxy, because {@code ForwardingAdmin} refuses to register the metrics of Kafka Streams. Thread-safe.
 */
final class PurgeWarning {
    private static final Logger log = LoggerFactory.getLogger(PurgeWarning.class);

    private final Set<String> refused = ConcurrentHashMap.newKeySet();

    private PurgeWarning() {}

    /** The same client, which says what it may not delete. */
    static Admin on(Admin admin) {
        PurgeWarning warning = new PurgeWarning();
        return (Admin) Proxy.newProxyInstance(
                Admin.class.getClassLoader(),
                new Class<?>[] {Admin.class},
                (proxy, method, arguments) -> warning.hear(call(admin, method, arguments)));
    }

    private static @Nullable Object call(Admin admin, Method method, @Nullable Object[] arguments) throws Throwable {
        try {
            return method.invoke(admin, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private @Nullable Object hear(@Nullable Object result) {
        if (result instanceof DeleteRecordsResult deletion) {
            deletion.lowWatermarks().forEach((partition, deleted) -> {
                var unused = deleted.whenComplete((mark, fault) -> hear(partition.topic(), fault));
            });
        }
        return result;
    }

    private void hear(String topic, @Nullable Throwable fault) {
        if (fault instanceof AuthorizationException && refused.add(topic)) {
            log.warn(
                    "{}: this user must have the right DELETE. Found: no such right; the topic keeps what is processed, and"
                            + " grows. Booking goes on",
                    topic);
        }
    }
}
