import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Properties;

/** A line for each check, whatever some of them do; and what all of them need. */
final class Checks {
    interface Body {
        void run() throws Exception;
    }

    interface Query {
        Object get(ResultSet row) throws Exception;
    }

    static String host;
    static int port;
    static String[] wanted = {};
    static int failed;
    static int ran;

    private Checks() {
    }

    static void check(String name, Body body) {
        boolean chosen = wanted.length == 0;
        for (String part : wanted) {
            chosen |= name.contains(part);
        }
        if (!chosen) {
            return;
        }
        ran++;
        long started = System.nanoTime();
        try {
            body.run();
            System.out.printf("ok %s %d ms%n", name, (System.nanoTime() - started) / 1_000_000);
        } catch (Throwable error) {
            failed++;
            System.out.println("FAIL " + name + " " + tell(error));
        }
        System.out.flush();
    }

    static String tell(Throwable error) {
        StringBuilder text = new StringBuilder();
        for (Throwable t = error; t != null; t = t.getCause()) {
            text.append(t.getClass().getSimpleName()).append(": ").append(t.getMessage());
            if (t instanceof SQLException) {
                text.append(" [").append(((SQLException) t).getErrorCode()).append("]");
            }
            text.append("; ");
        }
        for (StackTraceElement frame : error.getStackTrace()) {
            if (frame.getFileName() != null && frame.getClassName().indexOf('.') < 0
                    && !frame.getClassName().startsWith("Checks")) {
                text.append(frame.getFileName()).append(':').append(frame.getLineNumber());
                text.append(' ');
            }
        }
        String all = text.toString().replaceAll("\\s+", " ");
        return all.substring(0, Math.min(all.length(), 700));
    }

    static void equal(Object got, Object expected, String what) {
        if (!Objects.equals(got, expected)) {
            throw new AssertionError(what + ": got <" + got + ">, wanted <" + expected + ">");
        }
    }

    static void that(boolean holds, String what) {
        equal(holds, true, what);
    }

    static String url(String database, String options) {
        return "jdbc:informix-sqli://" + host + ":" + port + "/" + database
            + ":INFORMIXSERVER=informix" + (options.isEmpty() ? "" : ";" + options);
    }

    static Connection connect(String database, String options) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", "informix");
        properties.setProperty("password", "in4mix");
        return DriverManager.getConnection(url(database, options), properties);
    }

    static Connection connect() throws SQLException {
        return connect("testdb", "");
    }

    static int update(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate(sql);
        }
    }

    static void drop(Connection connection, String table) {
        try {
            update(connection, "drop table " + table);
        } catch (SQLException missing) {
            // it was not there
        }
    }

    /** A table made afresh. */
    static void make(Connection connection, String table, String columns) throws SQLException {
        drop(connection, table);
        update(connection, "create table " + table + " (" + columns + ")");
    }

    static List<Object> rows(Connection connection, String sql, Query query) throws Exception {
        try (Statement statement = connection.createStatement();
             ResultSet set = statement.executeQuery(sql)) {
            return rows(set, query);
        }
    }

    static List<Object> rows(ResultSet set, Query query) throws Exception {
        List<Object> all = new ArrayList<>();
        while (set.next()) {
            all.add(query.get(set));
        }
        return all;
    }

    static List<Object> ints(Connection connection, String sql) throws Exception {
        return rows(connection, sql, set -> set.getInt(1));
    }

    static SQLException fails(int code, Body body) throws Exception {
        try {
            body.run();
        } catch (SQLException error) {
            equal(error.getErrorCode(), code, "code of " + error.getMessage());
            return error;
        }
        throw new AssertionError("no error, wanted " + code);
    }
}
