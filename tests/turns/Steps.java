import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;

/** The steps of check_turns.py, by the vendor's driver: Steps HOST PORT */
public final class Steps {
    private static final int ROWS = 10_000;
    private static final int LOB = 1 << 20;
    private static final BufferedReader IN = new BufferedReader(new InputStreamReader(System.in));

    private Steps() {}

    private static void done(String step) throws Exception {
        System.out.println(step);
        System.out.flush();
        if (IN.readLine() == null) {
            System.exit(1);
        }
    }

    private static Connection open(String[] args, String more) throws Exception {
        return DriverManager.getConnection("jdbc:informix-sqli://" + args[0] + ":" + args[1]
                + "/turns:INFORMIXSERVER=informix;user=informix;password=in4mix" + more);
    }

    private static void selectTen(Connection connection) throws Exception {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT a, b FROM ten WHERE a >= ?")) {
            statement.setInt(1, 0);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    rows.getString(2);
                }
            }
        }
    }

    private static void insert(PreparedStatement statement, int number) throws Exception {
        statement.setInt(1, number);
        statement.setString(2, "some text");
    }

    private static void insertOne(Connection connection, int number) throws Exception {
        try (PreparedStatement statement =
                connection.prepareStatement("INSERT INTO many VALUES (?, ?)")) {
            insert(statement, number);
            statement.executeUpdate();
        }
    }

    private static void batch(Connection connection) throws Exception {
        try (PreparedStatement statement =
                connection.prepareStatement("INSERT INTO many VALUES (?, ?)")) {
            for (int i = 0; i < ROWS; i++) {
                insert(statement, i);
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    private static void writeLob(Connection connection) throws Exception {
        try (PreparedStatement statement =
                connection.prepareStatement("INSERT INTO lobs VALUES (?)")) {
            statement.setBinaryStream(1, new ByteArrayInputStream(new byte[LOB]), LOB);
            statement.executeUpdate();
        }
    }

    private static void readLob(Connection connection) throws Exception {
        try (PreparedStatement statement = connection.prepareStatement("SELECT b FROM lobs");
                ResultSet rows = statement.executeQuery()) {
            rows.next();
            rows.getBytes(1);
        }
    }

    public static void main(String[] args) throws Exception {
        Class.forName("com.informix.jdbc.IfxDriver");
        try (Connection connection = open(args, "")) {
            done("connect");
            selectTen(connection);
            done("select ten rows");
            selectTen(connection);
            done("select them again");
            connection.setAutoCommit(false);
            done("begin");
            insertOne(connection, 1);
            done("insert a row");
            insertOne(connection, 2);
            done("insert another");
            connection.commit();
            done("commit");
            batch(connection);
            done("batch of 10,000");
            writeLob(connection);
            done("write a BLOB of 1 MiB");
            readLob(connection);
            done("read it");
            connection.commit();
        }
        try (Connection connection = open(args, ";IFX_USEPUT=1;batchInsertPreprocessing=true")) {
            connection.setAutoCommit(false);
            insertOne(connection, 3);
            done("(connect again)");
            batch(connection);
            done("insert cursor, 10,000");
            connection.commit();
        }
    }
}
