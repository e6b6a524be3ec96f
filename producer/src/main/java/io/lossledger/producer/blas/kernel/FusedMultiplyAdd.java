package io.lossledger.producer.blas.kernel;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;

/**
 * Whether {@link Math#fma} is an instruction on this machine. If it is not, it takes a thousand times as long.
 * Stateless.
 */
public final class FusedMultiplyAdd {
    public static final boolean FAST = isFast();

    private FusedMultiplyAdd() {}

    private static boolean isFast() {
        @Nullable HotSpotDiagnosticMXBean machine = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        try {
            return machine != null
                    && Boolean.parseBoolean(machine.getVMOption("UseFMA").getValue());
        } catch (IllegalArgumentException e) {
            return false; // a different processor or JVM
        }
    }
}
