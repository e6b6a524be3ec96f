package io.lossledger.tests;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A real nginx on loopback that forwards a path to another port, with the settings that a user would write. */
final class NginxProxy implements AutoCloseable {
    private final int port = StablePort.find();
    private final String path;
    private final Process process;

    /**
     * Starts, or skips the test where there is no nginx.
     *
     * @param path such as {@code /ledger/}
     * @param host the name under which visitors come
     */
    static NginxProxy start(Path directory, String path, String host, int toPort)
            throws IOException, InterruptedException {
        OutsideTools.require("nginx", "-v");
        return new NginxProxy(directory, path, host, toPort);
    }

    private NginxProxy(Path directory, String path, String host, int toPort) throws IOException, InterruptedException {
        this.path = path;
        Path folder = Files.createDirectories(directory.resolve("nginx"));
        Path config = Files.writeString(folder.resolve("nginx.conf"), """
                daemon off;
                pid %1$s/pid;
                error_log %1$s/error.log;
                events {}
                http {
                  access_log off;
                  client_body_temp_path %1$s/body;
                  proxy_temp_path %1$s/proxy;
                  fastcgi_temp_path %1$s/fastcgi;
                  uwsgi_temp_path %1$s/uwsgi;
                  scgi_temp_path %1$s/scgi;
                  server {
                    listen 127.0.0.1:%2$d;
                    location %3$s {
                      proxy_pass http://127.0.0.1:%4$d/;
                      proxy_set_header Host %5$s;
                    }
                  }
                }
                """.formatted(folder, port, path, toPort, host));
        process = new ProcessBuilder("nginx", "-p", folder.toString(), "-c", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("out").toFile())
                .start();
        awaitListening();
    }

    private void awaitListening() throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (true) {
            try {
                new Socket(InetAddress.getLoopbackAddress(), port).close();
                return;
            } catch (IOException e) {
                if (process.waitFor(20, TimeUnit.MILLISECONDS) || System.nanoTime() > deadline) {
                    throw new AssertionError("nginx does not listen on " + port, e);
                }
            }
        }
    }

    /** Where visitors come. */
    String address() {
        return "http://127.0.0.1:" + port + path;
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().orTimeout(10, TimeUnit.SECONDS).join();
    }
}
