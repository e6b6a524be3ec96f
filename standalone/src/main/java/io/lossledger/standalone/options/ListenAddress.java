package io.lossledger.standalone.options;

import io.lossledger.standalone.terminal.UserException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.NetworkInterface;

/** What may be wrong with where a command listens, told with the option's name. Stateless. */
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
        } catch (IOException e) { // nobody knows the name
            return false;
        }
    }

    /** The fault of a server that did not start: one that names the option when the port is in use. */
    public static RuntimeException refused(String option, String host, int port, RuntimeException fault) {
        for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
            if (cause instanceof BindException) {
                return new UserException(
                        option + ": must be free. Found: " + host + ":" + port + " (" + cause.getMessage()
                                + "; 0 takes any that is free)",
                        fault);
            }
        }
        return fault;
    }
}
