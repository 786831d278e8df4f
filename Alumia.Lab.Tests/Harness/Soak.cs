namespace Alumia.Lab.Tests.Harness;

/// <summary><c>SOAK=1 ./test.sh</c> runs the same tests with bigger counts.</summary>
public static class Soak
{
    public static bool IsOn { get; } = Environment.GetEnvironmentVariable("SOAK") == "1";

    public static int Count(int normal, int soak) => IsOn ? soak : normal;
}
