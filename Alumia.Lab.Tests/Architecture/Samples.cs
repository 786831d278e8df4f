using Alumia.Lab.Tests.Architecture.Samples.High;

// Arrows that the layer test must see; nobody runs these.
#pragma warning disable CA1812, CA1852, CA1823, IDE0051, CS0169, CA1018

namespace Alumia.Lab.Tests.Architecture.Samples.High
{
    internal static class Target
    {
        public static int Call() => 1;
    }

    internal sealed class Thing;

    internal sealed class MarkAttribute : Attribute;
}

namespace Alumia.Lab.Tests.Architecture.Samples.Low
{
    internal sealed class FieldUser
    {
        private readonly Thing? _thing;
    }

    internal sealed class CallerInLambda
    {
        public static Func<int> Make(int captured) => () => captured + Target.Call();
    }

    internal sealed class CallerInAsync
    {
        public static async Task<int> RunAsync()
        {
            await Task.Yield();
            return Target.Call();
        }
    }

    internal sealed class CallerInIterator
    {
        public static IEnumerable<int> Run()
        {
            yield return Target.Call();
        }
    }

    internal sealed class GenericUser
    {
        public static object Make() => new List<Thing>();
    }

    [Mark]
    internal sealed class AttributeUser;

    internal sealed class LocalFunctionUser
    {
        public static int Run(int captured)
        {
            return Inner();

            int Inner() => captured + Target.Call();
        }
    }
}
