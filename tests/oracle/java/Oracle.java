import java.sql.Connection;
import java.util.Arrays;
import java.util.List;

/** Oracle HOST PORT TLSPORT TRUSTSTORE [NAME...]: the vendor's JDBC client against a server. */
public final class Oracle {
    private Oracle() {
    }

    public static void main(String[] arguments) throws Exception {
        Checks.host = arguments[0];
        Checks.port = Integer.parseInt(arguments[1]);
        int tlsPort = Integer.parseInt(arguments[2]);
        Checks.wanted = Arrays.copyOfRange(arguments, 4, arguments.length);
        Class.forName("com.informix.jdbc.IfxDriver");
        try (Connection connection = Checks.connect("sysmaster", "")) {
            Checks.update(connection, "create database testdb with log");
        }
        Values.run();
        Statements.run();
        Batches.run();
        Routines.run();
        Lobs.run();
        Metadata.run();
        Modes.run();
        tls(tlsPort, arguments[3]);
        System.out.println((Checks.ran - Checks.failed) + " passed, " + Checks.failed + " failed");
        System.out.flush();
        // Threads of the client's own may be left.
        Runtime.getRuntime().halt(Checks.failed == 0 && Checks.ran > 0 ? 0 : 1);
    }

    private static void tls(int port, String trust) {
        Checks.check("TLS", () -> {
            Checks.that(port > 0, "a TLS port was announced");
            System.setProperty("javax.net.ssl.trustStore", trust);
            System.setProperty("javax.net.ssl.trustStorePassword", "changeit");
            int plain = Checks.port;
            try {
                Checks.port = port;
                try (Connection connection = Checks.connect("testdb", "SSLCONNECTION=true")) {
                    Checks.make(connection, "jtls", "a int, l lvarchar(32000), z int");
                    for (int size : new int[] {0, 1, 5000, 32000}) {
                        Checks.update(connection, "insert into jtls values (" + size + ", '"
                            + "t".repeat(size) + "', " + -size + ")");
                    }
                    List<Object> rows = Checks.rows(connection, "select * from jtls order by a",
                        s -> s.getInt(1) + " " + s.getString(2).length() + " " + s.getInt(3));
                    Checks.equal(rows, List.of((Object) "0 0 0", "1 1 -1", "5000 5000 -5000",
                        "32000 32000 -32000"), "rows");
                }
            } finally {
                Checks.port = plain;
            }
        });
    }
}
