import java.io.ByteArrayInputStream;
import java.io.StringReader;
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
}
