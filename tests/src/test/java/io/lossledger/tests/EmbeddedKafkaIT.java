package io.lossledger.tests;

import java.nio.file.Path;

class EmbeddedKafkaIT extends KafkaContract {
    @Override
    RunningLedger startLedger(Path directory) throws Exception {
        return RunningLedger.start(directory);
    }
}
