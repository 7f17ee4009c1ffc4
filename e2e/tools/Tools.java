import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Scanner;
import org.apache.kafka.common.utils.Exit;

/**
 * Runs Apache's command line tools one after another in one JVM, for the start of each would take a second.
 * A line of input is the class, the standard input and the arguments, each in base64; a line of output is the exit status, what was
 * printed and what was complained of, each in base64.
 */
public final class Tools {
    private static final class Ended extends Error {
        Ended() {
            super(null, null, false, false);
        }
    }

    private static Integer ended;
    private static final List<Runnable> atExit = new ArrayList<>();

    public static void main(String[] unused) throws Exception {
        Exit.setExitProcedure((status, message) -> {
            if (ended == null) ended = status; // some tools catch what ends them and exit once more
            throw new Ended();
        });
        Exit.setShutdownHookAdder((name, work) -> atExit.add(work));
        PrintStream answers = System.out;
        Scanner lines = new Scanner(System.in, StandardCharsets.US_ASCII);
        while (lines.hasNextLine()) {
            String[] words = Arrays.stream(lines.nextLine().split(" ")).map(Tools::decoded).toArray(String[]::new);
            ByteArrayOutputStream out = new ByteArrayOutputStream(), errors = new ByteArrayOutputStream();
            System.setIn(new ByteArrayInputStream(words[1].getBytes(StandardCharsets.UTF_8)));
            System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
            System.setErr(new PrintStream(errors, true, StandardCharsets.UTF_8));
            int status = run(words[0], Arrays.copyOfRange(words, 2, words.length));
            System.out.flush();
            answers.println(status + " " + encoded(out) + " " + encoded(errors));
            answers.flush();
        }
        Runtime.getRuntime().halt(0);
    }

    private static int run(String tool, String[] args) throws Exception {
        ended = null;
        int status = 0;
        try {
            Class.forName(tool).getMethod("main", String[].class).invoke(null, (Object) args);
        } catch (InvocationTargetException e) {
            if (ended == null) e.getCause().printStackTrace();
            status = 1;
        }
        for (Runnable work : atExit) work.run();
        atExit.clear();
        return ended == null ? status : ended;
    }

    private static String decoded(String word) {
        return new String(Base64.getDecoder().decode(word.substring(1)), StandardCharsets.UTF_8);
    }

    private static String encoded(ByteArrayOutputStream bytes) {
        return "=" + Base64.getEncoder().encodeToString(bytes.toByteArray());
    }
}
