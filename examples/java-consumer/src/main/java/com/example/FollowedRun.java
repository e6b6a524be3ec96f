package com.example;

import io.lossledger.protocol.LedgerReader;
import io.lossledger.protocol.v1.LayerRow;
import java.util.Map;

/** Warns of layers that hurt in one run, from its first step on. Until Ctrl-C. */
public final class FollowedRun {
    private FollowedRun() {}

    public static void main(String[] args) {
        if (args.length != 3) {
            System.err.println("Arguments: BOOTSTRAP_SERVERS RUN STEPS");
            System.exit(2);
        }
        HurtRule rule = new HurtRule(Integer.parseInt(args[2]));
        try (LedgerReader ledger = LedgerReader.connect(Map.of("bootstrap.servers", args[0]), "lossledger.")) {
            ledger.follow(
                    LayerRow.class,
                    args[1],
                    row -> rule.warning(row).ifPresent(System.out::println),
                    () -> false);
        }
    }
}
