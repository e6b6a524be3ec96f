package io.lossledger.standalone.commands;

import io.lossledger.protocol.TopicCreator;
import io.lossledger.protocol.TopicSettings;
import io.lossledger.standalone.broker.EmbeddedBroker;
import io.lossledger.standalone.options.BrokerOptions;
import io.lossledger.standalone.options.TopicOptions;
import io.lossledger.standalone.terminal.StopSignal;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code lossledger broker}. */
@Command(
        name = "broker",
        description = "Runs a single Kafka node on this machine until Ctrl-C.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  lossledger broker",
            "  lossledger broker --port 9192 --data-dir ledger --raw-retention-mib 512"
        })
public final class BrokerCommand implements Callable<Integer> {
    @Mixin
    BrokerOptions broker = new BrokerOptions();

    @Mixin
    TopicOptions topics = new TopicOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        TopicSettings settings = topics.settings(TopicSettings.DEFAULT_PREFIX);
        int port = EmbeddedBroker.freePort(broker.port);
        out.println("starting Kafka on localhost:" + port + " in " + broker.dataDir + " ...");
        try (StopSignal stop = StopSignal.install(() -> {});
                EmbeddedBroker node = EmbeddedBroker.start(
                        port, broker.dataDir, why -> spec.commandLine().getErr().println("lossledger: " + why));
                Admin admin = Admin.create(Map.of("bootstrap.servers", node.bootstrapServers()))) {
            TopicCreator.createMissing(admin, settings);
            out.println("Kafka serves at " + node.bootstrapServers() + "; Ctrl-C stops it");
            stop.awaitAsked();
            out.println("stopping Kafka ...");
        }
        return 0;
    }
}
