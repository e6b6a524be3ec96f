package io.lossledger.standalone.worker;

import io.lossledger.producer.publish.UpdateForm;
import io.lossledger.producer.worker.MeasureWorker;
import io.lossledger.producer.worker.WorkerListener;
import io.lossledger.producer.worker.WorkerSettings;
import io.lossledger.trainer.RecordedTraining;
import io.lossledger.trainer.TrainSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The workers of a demo, which share the threads that measure. They end when the run is measured, or when they are closed. */
public final class DemoWorkers implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;

    private final List<MeasureWorker> workers = new ArrayList<>();
    private final List<FutureTask<Boolean>> tasks = new ArrayList<>();

    /**
     * Starts the workers.
     *
     * @param count how many; may be 0
     * @param settings the recorded training
     * @param kafka settings of the clients, with {@code bootstrap.servers}
     */
    public DemoWorkers(int count, TrainSettings settings, Map<String, Object> kafka, String topicPrefix) {
        for (int i = 0; i < count; i++) {
            RecordedTraining training = new RecordedTraining(
                    settings.data(),
                    Optional.empty(),
                    Math.max(1, settings.threads() / count),
                    settings.evaluator(),
                    settings.verifyEvaluator(),
                    UpdateForm.SUMS);
            WorkerSettings worker = new WorkerSettings(
                    topicPrefix,
                    kafka,
                    Optional.of(settings.run()),
                    Optional.empty(),
                    UpdateForm.SUMS,
                    WorkerSettings.DEFAULT_AHEAD_BYTES,
                    BuildName.text());
            MeasureWorker measuring = new MeasureWorker(worker, training::open, WorkerListener.NONE);
            FutureTask<Boolean> task = new FutureTask<>(measuring::run);
            workers.add(measuring);
            tasks.add(task);
            Thread thread = new Thread(task, "worker-" + i);
            thread.setDaemon(true);
            thread.start();
        }
    }

    /** Why a worker stopped, if one did before the run was measured. */
    public Optional<Throwable> failure() {
        return tasks.stream()
                .filter(FutureTask::isDone)
                .map(DemoWorkers::failure)
                .filter(Optional::isPresent)
                .findAny()
                .flatMap(found -> found);
    }

    private static Optional<Throwable> failure(FutureTask<Boolean> task) {
        try {
            task.get();
            return Optional.empty();
        } catch (ExecutionException e) {
            return Optional.ofNullable(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        workers.forEach(MeasureWorker::stop);
        for (FutureTask<Boolean> task : tasks) {
            await(task);
        }
        workers.forEach(MeasureWorker::close);
    }

    private static void await(FutureTask<Boolean> task) {
        try {
            task.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            // failure() reports an exception; a worker that does not stop in time is abandoned
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
