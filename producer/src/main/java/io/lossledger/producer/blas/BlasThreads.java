package io.lossledger.producer.blas;

import org.bytedeco.openblas.global.openblas_nolapack;

/**
 * The number of threads that BLAS uses for one product, a setting of the whole process. While an engine is open it is 1,
 * because engines bring threads of their own; after the last one is closed it is what it was. Thread-safe.
 */
final class BlasThreads {
    private static int engines;
    private static int before;

    private BlasThreads() {}

    /** @throws LinkageError when the library cannot be loaded */
    static synchronized void open() {
        if (engines == 0) {
            before = openblas_nolapack.blas_get_num_threads();
            openblas_nolapack.blas_set_num_threads(1);
        }
        engines++;
    }

    static synchronized void close() {
        engines--;
        if (engines == 0) {
            openblas_nolapack.blas_set_num_threads(before);
        }
    }
}
