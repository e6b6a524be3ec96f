package io.lossledger.standalone.options;

import io.lossledger.standalone.terminal.UserException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.NetworkInterface;

/** Errors in the address at which a command listens, with the name of the option. Stateless. */
public final class ListenAddress {
    private static final int MOST_PORT = 65_535;

    private ListenAddress() {}

    /** @throws UserException when the port is none, naming the option */
    public static int requirePort(String option, int port) {
        if (port < 0 || port > MOST_PORT) {
            throw new UserException(option + ": must be from 0 to " + MOST_PORT + ". Found: " + port);
        }
        return port;
    }

    /** @throws UserException when this machine has no such address, naming the option */
    public static void requireHost(String option, String host) {
        if (!isHere(host)) {
            throw new UserException(option + ": must be an address of this machine. Found: " + host);
        }
    }

    private static boolean isHere(String host) {
        try {
            InetAddress address = InetAddress.getByName(host);
            return address.isAnyLocalAddress()
                    || address.isLoopbackAddress()
                    || NetworkInterface.getByInetAddress(address) != null;
        } catch (IOException e) { // the name cannot be resolved
            return false;
        }
    }

    /** The error of a server that did not start; it names the option if the port is in use. */
    public static RuntimeException refused(String option, String host, int port, RuntimeException fault) {
        for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
            if (cause instanceof BindException) {
                return new UserException(
                        option + ": must be free. Found: " + host + ":" + port + " (" + cause.getMessage()
                                + "; 0 takes any free port)",
                        fault);
            }
        }
        return fault;
    }
}
