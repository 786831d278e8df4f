namespace Alumia.Lab.Tests.Harness;

public sealed class LongestFirstTests
{
    [Fact]
    public void Each_class_that_begins_first_is_there() =>
        Assert.All(LongestFirst.Names, name => Assert.NotNull(typeof(LongestFirst).Assembly.GetType("Alumia.Lab.Tests." + name)));
}
