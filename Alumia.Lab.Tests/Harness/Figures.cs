namespace Alumia.Lab.Tests.Harness;

/// <summary>What a test measured, for people: <c>./test.sh</c> prints it after the run. No figure decides a test.</summary>
public static class Figures
{
    public static void Print(string text) => TestContext.Current.TestOutputHelper?.WriteLine($"Figure: {text}");
}
