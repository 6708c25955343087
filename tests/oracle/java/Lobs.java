import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.StringReader;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.sql.Types;
import java.util.Arrays;

/** BYTE and TEXT, BLOB and CLOB: whole, empty, NULL, with a guard behind. */
final class Lobs {
    private static final int[] SIZES = {1, 1023, 1024, 1025, 4096, 65536, 200000};

    private Lobs() {
    }

    static void run() {
        Checks.check("BYTE and TEXT", () -> roundTrip("byte in table", "text in table"));
        Checks.check("BLOB and CLOB", () -> roundTrip("blob", "clob"));
        Checks.check("BYTE and TEXT: setBytes, update, rollback", () -> change("byte", "text"));
        Checks.check("BLOB and CLOB: setBytes, update, rollback", () -> change("blob", "clob"));
        Checks.check("Blob and Clob objects", Lobs::objects);
    }

    private static byte[] bytes(int size) {
        byte[] all = new byte[size];
        for (int i = 0; i < size; i++) {
            all[i] = (byte) (i * 7 + i / 256);
        }
        return all;
    }

    private static String text(int size) {
        return "abcdefghijk".repeat(size / 11 + 1).substring(0, size);
    }

    private static void roundTrip(String binary, String character) throws Exception {
        try (Connection connection = Checks.connect()) {
            Checks.make(connection, "jl", "k int, b " + binary + ", t " + character + ", z int");
            connection.setAutoCommit(false);
            try (PreparedStatement insert =
                     connection.prepareStatement("insert into jl values (?, ?, ?, ?)")) {
                for (int i = 0; i < SIZES.length; i++) {
                    insert.setInt(1, i);
                    insert.setBinaryStream(2, new ByteArrayInputStream(bytes(SIZES[i])), SIZES[i]);
                    insert.setCharacterStream(3, new StringReader(text(SIZES[i])), SIZES[i]);
                    insert.setInt(4, -i);
                    Checks.equal(insert.executeUpdate(), 1, "update count");
                }
                insert.setInt(1, SIZES.length);
                insert.setNull(2, binary.startsWith("byte") ? Types.LONGVARBINARY : Types.BLOB);
                insert.setNull(3, binary.startsWith("byte") ? Types.LONGVARCHAR : Types.CLOB);
                insert.setInt(4, -SIZES.length);
                Checks.equal(insert.executeUpdate(), 1, "update count");
            }
            connection.commit();
            read(connection);
            connection.commit();
        }
    }

    private static void read(Connection connection) throws Exception {
        try (Statement statement = connection.createStatement();
             ResultSet set = statement.executeQuery("select * from jl order by k")) {
            for (int i = 0; i < SIZES.length; i++) {
                Checks.that(set.next(), "row " + i);
                Checks.that(Arrays.equals(set.getBytes(2), bytes(SIZES[i])), "bytes " + SIZES[i]);
                Checks.equal(set.getString(3), text(SIZES[i]), "text of " + SIZES[i]);
                Checks.equal(set.getInt(4), -i, "guard");
            }
            Checks.that(set.next(), "the row of NULL");
            Checks.equal(set.getBytes(2), null, "bytes");
            Checks.equal(set.getString(3), null, "text");
            Checks.equal(set.getInt(4), -SIZES.length, "guard");
        }
    }

    private static void put(PreparedStatement insert, int key, int size) throws Exception {
        insert.setBytes(1, bytes(size));
        insert.setString(2, text(size / 3 + 1));
        insert.setBytes(3, bytes(size + 1));
        insert.setInt(4, key);
        Checks.equal(insert.executeUpdate(), 1, "update count");
    }

    private static void look(Connection connection, int key, int size) throws Exception {
        try (PreparedStatement select =
                 connection.prepareStatement("select b, t, c from jm where k = ?")) {
            select.setInt(1, key);
            try (ResultSet set = select.executeQuery()) {
                Checks.that(set.next(), "row " + key);
                Checks.that(Arrays.equals(set.getBytes(1), bytes(size)), "bytes " + size);
                Checks.equal(set.getString(2), text(size / 3 + 1), "text");
                Checks.that(Arrays.equals(set.getBytes(3), bytes(size + 1)), "more bytes " + size);
                Checks.that(!set.next(), "one row");
            }
        }
    }

    /** Several of them in a row, changed, and changed back. */
    private static void change(String binary, String character) throws Exception {
        try (Connection connection = Checks.connect()) {
            Checks.make(connection, "jm", "b " + binary + ", t " + character + ", c " + binary
                + ", k int");
            try (PreparedStatement insert =
                     connection.prepareStatement("insert into jm values (?, ?, ?, ?)")) {
                for (int i = 0; i < SIZES.length; i++) {
                    put(insert, i, SIZES[i]);
                }
            }
            connection.setAutoCommit(false);
            try (PreparedStatement update =
                     connection.prepareStatement("update jm set b = ?, t = ?, c = ? where k = ?")) {
                put(update, 3, 77777);
                look(connection, 3, 77777);
                connection.rollback();
                look(connection, 3, SIZES[3]);
                put(update, 3, 3);
                put(update, 3, 70000);
                connection.commit();
            }
            for (int i = 0; i < SIZES.length; i++) {
                look(connection, i, i == 3 ? 70000 : SIZES[i]);
            }
            connection.commit();
        }
    }

    /** What getBlob and getClob give: parts, positions, and as parameters of another statement. */
    private static void objects() throws Exception {
        try (Connection connection = Checks.connect()) {
            Checks.make(connection, "jo", "k int, b blob, t clob");
            connection.setAutoCommit(false);
            try (PreparedStatement insert =
                     connection.prepareStatement("insert into jo values (?, ?, ?)")) {
                insert.setInt(1, 1);
                insert.setBytes(2, bytes(100000));
                insert.setString(3, text(90000));
                insert.executeUpdate();
                connection.commit();
                try (Statement statement = connection.createStatement();
                     ResultSet set = statement.executeQuery("select b, t from jo")) {
                    Checks.that(set.next(), "a row");
                    Blob blob = set.getBlob(1);
                    Clob clob = set.getClob(2);
                    Checks.equal(blob.length(), 100000L, "length of the Blob");
                    Checks.equal(clob.length(), 90000L, "length of the Clob");
                    Checks.that(Arrays.equals(blob.getBytes(65530, 20),
                        Arrays.copyOfRange(bytes(100000), 65529, 65549)), "a part");
                    Checks.equal(clob.getSubString(12, 11), text(11), "a part");
                    try (InputStream stream = blob.getBinaryStream()) {
                        Checks.that(Arrays.equals(stream.readAllBytes(), bytes(100000)), "stream");
                    }
                    insert.setInt(1, 2);
                    insert.setBlob(2, blob);
                    insert.setClob(3, clob);
                    Checks.equal(insert.executeUpdate(), 1, "update count");
                }
            }
            connection.commit();
            try (Statement statement = connection.createStatement()) {
                statement.executeUpdate("delete from jo where k = 1");
                connection.commit();
                try (ResultSet set = statement.executeQuery("select b, t from jo")) {
                    Checks.that(set.next(), "the copy");
                    Checks.that(Arrays.equals(set.getBytes(1), bytes(100000)), "its bytes");
                    Checks.equal(set.getString(2), text(90000), "its text");
                }
            }
            connection.commit();
        }
    }
}
