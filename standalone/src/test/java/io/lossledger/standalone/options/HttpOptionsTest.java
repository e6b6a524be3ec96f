package io.lossledger.standalone.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lossledger.standalone.terminal.UserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpOptionsTest {
    private final HttpOptions options = new HttpOptions();

    @Test
    void listensOnThisMachineOnly() {
        assertThat(options.listen.host).isEqualTo("127.0.0.1");
        assertThat(options.listen.port).isEqualTo(9404);
    }

    @Test
    void advertisesWhereItListens() {
        assertThat(options.advertised(41_234)).isEqualTo("127.0.0.1:41234");
    }

    @ParameterizedTest
    @ValueSource(strings = {"processor-1:9404", "10.0.0.7:80", "[::1]:9404"})
    void advertisesWhatTheUserSays(String address) {
        options.advertised = address;

        assertThat(options.advertised(41_234)).isEqualTo(address);
    }

    @ParameterizedTest
    @ValueSource(strings = {"processor-1", "http://processor-1:9404", ":9404", "a:b", "a:9404/runs"})
    void namesAnAddressThatIsNone(String address) {
        options.advertised = address;

        assertThatThrownBy(() -> options.advertised(41_234))
                .isInstanceOf(UserException.class)
                .hasMessage("--advertised-http: must be host:port. Found: " + address);
    }

    @Test
    void namesAPortThatIsNone() {
        options.listen.port = 70_000;

        assertThatThrownBy(options.listen::port).hasMessage("--http-port: must be from 0 to 65535. Found: 70000");
    }
}
