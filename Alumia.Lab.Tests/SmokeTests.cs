namespace Alumia.Lab.Tests;

public sealed class SmokeTests
{
    [Fact]
    public void Math_works() => Assert.Equal(4, 2 + 2);
}
