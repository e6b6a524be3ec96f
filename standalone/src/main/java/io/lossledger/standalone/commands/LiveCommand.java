package io.lossledger.standalone.commands;

import io.lossledger.dashboards.live.LiveServer;
import io.lossledger.dashboards.live.LiveSettings;
import io.lossledger.dashboards.live.PageAccess;
import io.lossledger.standalone.options.BalanceOptions;
import io.lossledger.standalone.options.KafkaOptions;
import io.lossledger.standalone.options.ListenAddress;
import io.lossledger.standalone.options.OptionGroup;
import io.lossledger.standalone.terminal.OutageLines;
import io.lossledger.standalone.terminal.StopSignal;
import io.lossledger.standalone.terminal.TroubleLines;
import io.lossledger.standalone.terminal.UserException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lossledger live}. */
@Command(
        name = "live",
        description = "Serves a page that shows every run live, until Ctrl-C.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Reads the result topics like any consumer. It writes only when someone ends or",
            "deletes a run on the page, which is possible only on a loopback address. Waits",
            "while Kafka is unavailable. There is no authentication. Other machines can",
            "connect only if --host allows it.",
            "",
            "Examples:",
            "  lossledger live",
            "  lossledger live --bootstrap-server kafka:9092 --port 8081",
            "  lossledger live --host 0.0.0.0        for everybody who reaches this machine",
            "  lossledger live --allow-host ml.example.com      behind a proxy of that name",
            "  curl -N localhost:8080/api/runs/RUN/stream      the same numbers, as they come"
        })
public final class LiveCommand implements Callable<Integer> {
    private static final long POLL_MILLIS = 100;

    @Mixin
    KafkaOptions kafka = new KafkaOptions();

    @Mixin
    BalanceOptions balance = new BalanceOptions();

    @OptionGroup("HTTP")
    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "" + LiveSettings.DEFAULT_PORT,
            description = "Port of the page. 0 takes any free port. Default: ${DEFAULT-VALUE}")
    int port = LiveSettings.DEFAULT_PORT;

    @OptionGroup("HTTP")
    @Option(
            names = "--host",
            paramLabel = "HOST",
            defaultValue = LiveSettings.DEFAULT_HOST,
            description = "Address to listen on. 0.0.0.0 is every address of this machine. Default: ${DEFAULT-VALUE}")
    String host = LiveSettings.DEFAULT_HOST;

    @OptionGroup("HTTP")
    @Option(
            names = "--allow-host",
            paramLabel = "NAME",
            split = ",",
            description =
                    "Names under which a browser may open the page, beside those of this machine, such as that of a"
                            + " proxy. With --host, the page answers to any name unless this is given. Default: none")
    List<String> allowedHosts = List.of();

    @OptionGroup("HTTP")
    @Option(
            names = "--allow-frame-from",
            paramLabel = "ORIGIN",
            split = ",",
            description = "Sites that may show the page in a frame, such as http://localhost:8888 for Jupyter."
                    + " Default: none")
    List<String> allowedFrames = List.of();

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        PageAccess access;
        try {
            access = new PageAccess(allowedHosts, allowedFrames);
        } catch (IllegalArgumentException e) {
            throw new UserException(String.valueOf(e.getMessage()).replace("live.", "--"), e);
        }
        kafka.requireProtocol();
        OutageLines outage = new OutageLines(out, kafka.bootstrapServers(), System::nanoTime);
        ListenAddress.requirePort("--port", port);
        LiveSettings settings = LiveSettings.of(
                        host, port, kafka.topicPrefix, balance.tolerance(), kafka.clientConfig())
                .withAccess(access);
        try (StopSignal stop = StopSignal.install(() -> {});
                LiveServer page = LivePage.serve("--port", settings)) {
            out.println("live at " + page.address() + "   Ctrl-C stops it");
            Optional<Admin> connected = kafka.awaitKafka(stop, outage);
            if (connected.isPresent()) {
                connected.get().close();
                TroubleLines troubles = new TroubleLines(out);
                while (!stop.awaitAsked(POLL_MILLIS)) {
                    page.silence().ifPresentOrElse(outage::away, outage::back);
                    troubles.show(page.troubles());
                }
            }
        }
        return 0;
    }
}
