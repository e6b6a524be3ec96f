package io.lossledger.producer.blas.kernel;

import org.bytedeco.openblas.global.openblas_nolapack;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The number of threads that BLAS uses for one product, a setting of the whole process. While an engine is open it is
 * 1, because engines have their own threads; when the last engine closes, it is restored. A product rounds differently
 * with a different number of threads. Thread-safe.
 */
public final class BlasThreads {
    private static final Logger log = LoggerFactory.getLogger(BlasThreads.class);

    private static int engines;
    private static int before;

    private BlasThreads() {}

    /** @throws LinkageError when the library cannot be loaded */
    public static synchronized void open() {
        if (engines == 0) {
            before = openblas_nolapack.blas_get_num_threads();
            openblas_nolapack.blas_set_num_threads(1);
            if (before != 1) {
                log.info(
                        "BLAS uses one thread instead of {} for each product while losses are evaluated, in the whole"
                                + " process. Set OMP_NUM_THREADS=1 for a training that rounds identically without a ledger",
                        before);
            }
        }
        engines++;
    }

    public static synchronized void close() {
        engines--;
        if (engines == 0) {
            openblas_nolapack.blas_set_num_threads(before);
        }
    }
}
