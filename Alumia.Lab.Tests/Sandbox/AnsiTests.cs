using Alumia.Lab.Sandbox;
using Alumia.Lab.Sandbox.Terminal;
using Bunit;
using CsCheck;

namespace Alumia.Lab.Tests.Sandbox;

/// <summary>Terminals' colours become styles, and nothing else of what a terminal obeys gets through.</summary>
public sealed class AnsiTests
{
    private static string Shown(AnsiScreen screen) => string.Join('\n', screen.Lines.Select(line => string.Concat(line.Select(span => span.Text))));

    [Theory]
    [InlineData("\e[31mred\e[0m plain", "f1")]
    [InlineData("\e[1;4;92mbright", "f10 bold underlined")]
    [InlineData("\e[7minverse", "inverse")]
    [InlineData("\e[30;47mboth", "f0 g7")]
    [InlineData("\e[7;31;42mswapped", "f2 g1")]
    [InlineData("\e[38;5;9mof the palette", "f9")]
    [InlineData("\e[3;9mslanted", "italic struck")]
    public void Colours_become_classes(string output, string classes)
    {
        var screen = new AnsiScreen();
        screen.Feed(output);
        Assert.Equal(classes, screen.Lines.Single()[0].Style.Classes);
    }

    [Theory]
    [InlineData("\e[38;2;1;2;300mx", "color:rgb(1 2 255);")]
    [InlineData("\e[48;5;196mx", "background-color:rgb(255 0 0);")]
    [InlineData("\e[38;5;244mx", "color:rgb(128 128 128);")]
    [InlineData("\e[38;5mx", null)]
    [InlineData("\e[38;2;1mx", null)]
    public void Colours_of_their_own_become_numbers(string output, string? style)
    {
        var screen = new AnsiScreen();
        screen.Feed(output);
        Assert.Equal(style, screen.Lines.Single()[0].Style.Inline);
    }

    [Theory]
    [InlineData("a\e[2Jb\e[1;1Hc\e[?25ld", "abcd")]
    [InlineData("\e]0;a title\aafter", "after")]
    [InlineData("\e]8;;https://evil.example\e\\link\e]8;;\e\\", "link")]
    [InlineData("\eP+q544e\e\\x\e7y\e8z\e(B", "xyz")]
    [InlineData("one\rtwo\nthree\r\nfour", "two\nthree\nfour")]
    [InlineData("10 %\r20 %\r100 %\ndone", "100 %\ndone")]
    [InlineData("bell\a back\bspace\0nul\u009b", "bell backspacenul")]
    [InlineData("tab\tkept", "tab\tkept")]
    public void What_a_terminal_would_obey_is_dropped(string output, string shown)
    {
        var screen = new AnsiScreen();
        screen.Feed(output);
        Assert.Equal(shown, Shown(screen));
        Assert.Equal(shown, AnsiText.Plain(output));
    }

    [Fact]
    public void Output_cut_anywhere_looks_the_same()
    {
        const string Output = "\e[31mred \e[1mbold\e[0m\r\n\e[38;2;9;8;7mown\e]0;title\a end\rnew\n\e[7mx";
        var whole = new AnsiScreen();
        whole.Feed(Output);
        for (var cut = 1; cut < Output.Length; cut++)
        {
            var screen = new AnsiScreen();
            screen.Feed(Output[..cut]);
            screen.Feed(Output[cut..]);
            Assert.Equal(whole.Lines.Select(line => line.ToList()), screen.Lines.Select(line => line.ToList()));
        }
    }

    [Fact]
    public void Any_output_becomes_text_without_a_control_character() => Gen.String[Gen.Char["\e[]0123456789;:mHJPX^_\\\a\r\n<&>\"' aü\0\u009b"], 0, 80].Sample(output =>
    {
        var screen = new AnsiScreen();
        screen.Feed(output);
        Assert.DoesNotContain(Shown(screen), letter => char.IsControl(letter) && letter != '\n');
        Assert.DoesNotContain(AnsiText.Plain(output), letter => char.IsControl(letter) && letter != '\n');
    });

    [Fact]
    public void Only_the_last_lines_are_kept_and_a_sequence_without_end_holds_nothing_back()
    {
        var screen = new AnsiScreen(mostLines: 3);
        screen.Feed("1\n2\n3\n4\n5");
        Assert.Equal((2, "3\n4\n5"), (screen.Dropped, Shown(screen)));
        screen.Feed($"\e]0;{new string('x', 2_000)}");
        screen.Feed("after");
        Assert.EndsWith("xafter", Shown(screen), StringComparison.Ordinal);
    }

    [Fact]
    public void The_view_shows_markup_as_text_and_reads_only_what_is_new()
    {
        using var page = new BunitContext();
        var view = page.Render<TerminalView>(parameters => parameters.Add(terminal => terminal.Output, "\e[31m<img src=x onerror=alert(1)>\e[0m &amp;"));
        Assert.Empty(view.FindAll("img"));
        Assert.Equal("<img src=x onerror=alert(1)> &amp;", view.Find("pre").TextContent);
        Assert.Equal("f1", view.FindAll("span")[0].ClassName);

        view.Render(parameters => parameters.Add(terminal => terminal.Output, "\e[31m<img src=x onerror=alert(1)>\e[0m &amp;\nmore"));
        Assert.Equal("<img src=x onerror=alert(1)> &amp;\nmore", view.Find("pre").TextContent);
        view.Render(parameters => parameters.Add(terminal => terminal.Output, "another"));
        Assert.Equal("another", view.Find("pre").TextContent);
        Assert.Equal("Output", view.Find("[role=region]").GetAttribute("aria-label"));
    }
}
